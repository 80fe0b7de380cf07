import { implementSkill } from '@cairn/skill-kit';
import { passSkill } from './toy-skills.js';

export default implementSkill(passSkill, ({ input }) =>
  Promise.resolve({ text: input.a, long: input.b > 'u' }),
);
