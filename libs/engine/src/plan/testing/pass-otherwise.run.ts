import { implementSkill } from '@cairn/skill-kit';
import { passSkill } from './toy-skills.js';

/** Other code with the same results. */
export default implementSkill(passSkill, ({ input: { a, b } }) =>
  Promise.resolve({ long: ['v', 'w'].includes(b), text: a }),
);
