import { implementSkill } from '@cairn/skill-kit';
import { greet } from './skill.js';

export default implementSkill(greet, async ({ input }) => ({ greeting: { text: `Hello, ${input.name}!` } }));
