export { findSkill, type SkillSource } from './find-skill.js';
export { newSkill, type Scaffolded } from './new-skill.js';
export { newWorkflow } from './new-workflow.js';
export { ScaffoldError } from './scaffold-error.js';
