import { implementSkill } from '@cairn/skill-kit';
import { speakSkill } from './toy-skills.js';

export default implementSkill(speakSkill, async ({ input, write }) => ({
  text: input.b === 'u' ? 'u' : input.a,
  said: await write('text/toy', new TextEncoder().encode(`toy ${input.a}`), { filename: 'said.txt' }),
}));
