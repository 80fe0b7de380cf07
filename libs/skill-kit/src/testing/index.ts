export { checkSkill, type CheckSettings } from './check-skill.js';
export { runSkill, runSkillTwice, type SkillRun } from './run-skill.js';
export {
  createTestSkillContext,
  type SkillListener,
  type TestReports,
  type TestSettings,
  type TestSkillContext,
} from './test-context.js';
export { TestFiles, fileRef } from './test-files.js';
