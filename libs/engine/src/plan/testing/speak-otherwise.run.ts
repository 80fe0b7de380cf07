import { implementSkill } from '@cairn/skill-kit';
import { speakSkill } from './toy-skills.js';

/** Other code with other results. */
export default implementSkill(speakSkill, async ({ input, write }) => ({
  text: input.a,
  said: await write('text/toy', new TextEncoder().encode(`toy ${input.a}${input.b}`), {
    filename: 'said.txt',
  }),
}));
