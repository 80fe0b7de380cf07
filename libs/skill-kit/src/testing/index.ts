export { runSkill, runSkillTwice, type SkillRun } from './run-skill.js';
export {
  createTestSkillContext,
  type TestReports,
  type TestSettings,
  type TestSkillContext,
} from './test-context.js';
export { TestFiles, fileRef } from './test-files.js';
