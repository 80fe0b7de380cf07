import { implementSkill } from '@cairn/skill-kit';
import { blendSkill, LETTERS } from './toy-skills.js';

export default implementSkill(blendSkill, async ({ input, read, resources }) => {
  const heard = input.of ? new TextDecoder().decode(await read(input.of)) : '';
  const sum = [...`${input.a}${input.b}${heard}`].reduce((n, c) => n + c.charCodeAt(0), resources.tone.shift);
  return { text: LETTERS[sum % 2]!, doc: { letter: LETTERS[sum % 3]! } };
});
