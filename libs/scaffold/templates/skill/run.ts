import { implementSkill } from '@cairn/skill-kit';
import { mySkill } from './skill.js';

/** What the skill does; only the worker loads it. The same input must give the same bytes, on any day and machine. */
export default implementSkill(mySkill, async ({ input, write, progress, signal }) => {
  const words = input.text.split(/\s+/).filter(word => word !== '');
  progress(0.5, `${words.length} words`);
  // Set when the step is cancelled: look at it now and then where the work takes longer than a second.
  signal.throwIfAborted();
  const text = `${words.join(' ').toUpperCase()}\n`;
  const page = await write('text/page', Buffer.from(text), { filename: 'page.txt' });
  return { facts: { words: words.length }, page };
});
