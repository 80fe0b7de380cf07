import { defineWorkflow } from '@cairn/pipeline';
import { Type, inputOf } from '@cairn/skill-kit';
import { mySkill } from '../skill/skill.js';

/** What a run is given: what each skill takes, under its name. Say here what you would rather ask for. */
const trigger = Type.Object(
  {
    my_skill: inputOf(mySkill),
  },
  { additionalProperties: false },
);

/** Called once, when it is loaded, with references in place of values; nothing is executed to get the graph. */
export const myWorkflow = defineWorkflow({ name: 'my.workflow', version: '1.0.0', trigger }, (w, t) => {
  const mySkillResult = w.step('my_skill', mySkill, t.my_skill);
  return {
    my_skill: mySkillResult,
  };
});
