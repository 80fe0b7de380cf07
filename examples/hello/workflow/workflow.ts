import { defineWorkflow } from '@cairn/pipeline';
import { Type } from '@cairn/skill-kit';
import { drawCard } from '../draw_card/skill.js';
import { greet } from '../greet/skill.js';

const trigger = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 40 }),
    motto: Type.String({ maxLength: 80, default: 'Never the same work twice' }),
  },
  { additionalProperties: false },
);

export const helloWorld = defineWorkflow({ name: 'hello.world', version: '1.0.0', trigger }, (w, t) => {
  const { greeting } = w.step('greeting', greet, { name: t.name });
  const front = w.step('front', drawCard, { text: greeting.text, colour: 'navy' });
  const back = w.step('back', drawCard, { text: t.motto, colour: 'crimson' });
  return { front: front.card, back: back.card };
});
