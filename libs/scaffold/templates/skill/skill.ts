import { Type, defineSkill, file, json } from '@cairn/skill-kit';

/** What the skill is: workflows, the API and the worker read this, and nothing here does any work. */
export const mySkill = defineSkill({
  id: 'my_skill',
  version: '1.0.0',
  title: 'My skill',
  input: Type.Object({ text: Type.String({ minLength: 1, maxLength: 1000 }) }),
  output: Type.Object({
    facts: json('json/text-facts', Type.Object({ words: Type.Integer() })),
    page: file('text/page'),
  }),
});
