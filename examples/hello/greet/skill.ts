import { Type, defineSkill, json } from '@cairn/skill-kit';

export const greet = defineSkill({
  id: 'greet',
  version: '1.0.0',
  title: 'Write a greeting',
  input: Type.Object({ name: Type.String({ minLength: 1, maxLength: 40 }) }),
  output: Type.Object({ greeting: json('json/greeting', Type.Object({ text: Type.String() })) }),
});
