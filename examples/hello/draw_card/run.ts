import { implementSkill } from '@cairn/skill-kit';
import { drawCard } from './skill.js';

const escaped = (text: string) => text.replace(/[<&]/g, sign => `&#${sign.charCodeAt(0)};`);

export default implementSkill(drawCard, async ({ input, write }) => {
  const svg = [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif">',
    `<rect width="640" height="360" rx="24" fill="${input.colour}"/>`,
    `<text x="320" y="196" font-size="44" fill="white" text-anchor="middle">${escaped(input.text)}</text></svg>`,
  ];
  return {
    card: await write('image/card', Buffer.from(svg.join('\n')), { filename: `${input.colour}.svg` }),
  };
});
