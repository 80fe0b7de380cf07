import { Type, defineSkill, file } from '@cairn/skill-kit';

export const drawCard = defineSkill({
  id: 'draw_card',
  version: '1.0.0',
  title: 'Draw a card',
  input: Type.Object({ text: Type.String({ maxLength: 80 }), colour: Type.Enum(['navy', 'crimson']) }),
  output: Type.Object({ card: file('image/card') }),
});
