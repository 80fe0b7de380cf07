import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildGame, removeUnpacked, unpack, type CampaignOptions } from './build.js';
import { launchChromium, openPage, type WatchedPage } from './chromium.js';
import { serve } from './serve.js';

let browser: Browser;
let open: WatchedPage[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await removeUnpacked();
});
afterEach(async () => {
  const problems = open.flatMap(page => page.problems);
  await Promise.all(open.map(page => page.close()));
  open = [];
  // Whatever a test looks at, the game never logs an error nor asks for anything outside.
  expect(problems).toEqual([]);
});

async function play(options: CampaignOptions, context: BrowserContextOptions = {}): Promise<Page> {
  const folder = await unpack((await buildGame(options)).game);
  const watched = await openPage(browser, `file://${folder}/index.html`, `file://${folder}/`, {
    // Most tests look at what happens, not at how it moves.
    reducedMotion: 'reduce',
    ...context,
  });
  open.push(watched);
  await watched.page.waitForSelector('.wheel');
  return watched.page;
}

const ended = (page: Page) =>
  page
    .waitForSelector('.game[data-state=won], .game[data-state=lost]')
    .then(game => game.getAttribute('data-state'));
const hit = (page: Page) => page.getAttribute('.field.lit', 'data-win');
/** Which field really is under the pointer: the topmost element there. */
const underPointer = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector('.well')!.getBoundingClientRect();
    const elements = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height * 0.12);
    return elements
      .map(element => element.closest('.field')?.getAttribute('data-index'))
      .find(index => index);
  });

describe('the outcome', () => {
  test.each([
    [1, 'won', 'true', 'You won! Show this at the counter.'],
    [0, 'lost', 'false', 'Not this time. Thank you for playing!'],
  ])('probability %d is %s, by mouse', async (winProbability, outcome, win, message) => {
    const page = await play({ winProbability }, { reducedMotion: 'no-preference' });
    await page.click('.spin');
    expect(await page.getAttribute('.game', 'data-state')).toBe('spinning');
    expect(await ended(page)).toBe(outcome);
    expect(await hit(page)).toBe(win);
    expect(await underPointer(page)).toBe(await page.getAttribute('.field.lit', 'data-index'));
    expect(await page.textContent('[role=status] .message')).toBe(message);
    const prize = await page.textContent('[role=status] .prize');
    expect(win === 'true' ? ['20% off', 'Free shipping'] : ['Try again', 'So close']).toContain(prize);
  });

  test('a weight decides among the prizes of a kind', async () => {
    const page = await play({
      winProbability: 1,
      prizes: [
        { label: 'rare', win: true, weight: 1e-12 },
        { label: 'none', win: false },
        { label: 'often', win: true, weight: 1000 },
      ],
    });
    await page.click('.spin');
    expect(await ended(page)).toBe('won');
    expect(await page.textContent('.prize')).toBe('often');
  });

  test('when the time is up the wheel spins by itself', async () => {
    const page = await play({ winProbability: 1, durationSec: 0.3 });
    expect(await ended(page)).toBe('won');
    expect(await page.textContent('.clock-text')).toBe('0');
  });

  test('it can be played again', async () => {
    const page = await play({ winProbability: 0 });
    await page.click('.spin');
    await ended(page);
    await page.click('.again');
    expect(await page.getAttribute('.game', 'data-state')).toBe('idle');
    await page.click('.spin');
    expect(await ended(page)).toBe('lost');
  });
});

describe('input', () => {
  test('Tab and Enter', async () => {
    const page = await play({ winProbability: 1 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('spin');
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await ended(page)).toBe('won');
  });

  test('the space bar, wherever the focus is', async () => {
    const page = await play({ winProbability: 0 });
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('Space');
    expect(await ended(page)).toBe('lost');
  });

  test('a tap on the wheel', async () => {
    const page = await play({ winProbability: 1 }, { hasTouch: true, viewport: { width: 390, height: 844 } });
    await page.tap('.wheel');
    expect(await ended(page)).toBe('won');
  });

  test('a push of the wheel turns it with the hand, and the way it was pushed', async () => {
    const page = await play({ winProbability: 1, spinMs: 1500 });
    const box = (await page.locator('.well').boundingBox())!;
    const turned = () =>
      page.evaluate(() =>
        Number(/[-\d.]+/.exec(document.querySelector('.turning')!.getAttribute('transform')!)![0]),
      );
    const before = await turned();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.85, box.y + box.height * 0.3, { steps: 4 });
    expect(await turned()).toBeLessThan(before - 10);
    await page.mouse.up();
    expect(await ended(page)).toBe('won');
    expect(await turned()).toBeLessThan(before - 360);
  });

  test('the sound can be switched off and on', async () => {
    const page = await play({});
    expect(await page.getAttribute('.sound', 'aria-label')).toBe('Turn sound off');
    await page.click('.sound');
    expect(await page.getAttribute('.sound', 'aria-label')).toBe('Turn sound on');
  });
});

describe('layout', () => {
  test.each([
    ['neon_arcade', 390, 844],
    ['neon_arcade', 1280, 720],
    ['neon_arcade', 320, 480],
    ['neon_arcade', 568, 320],
    ['paper_carnival', 390, 844],
    ['paper_carnival', 1280, 720],
    ['paper_carnival', 320, 480],
    ['paper_carnival', 568, 320],
  ])('%s fits %d × %d', async (theme, width, height) => {
    const page = await play({ theme }, { viewport: { width, height } });
    const boxes = await page.evaluate(() =>
      ['h1', '.how', '.rim', '.spin', '.clock', '.sound'].map(selector => {
        const { left, top, right, bottom } = document.querySelector(selector)!.getBoundingClientRect();
        return { selector, left, top, right, bottom };
      }),
    );
    for (const [i, a] of boxes.entries()) {
      expect({ ...a, inside: a.left >= 0 && a.top >= 0 && a.right <= width && a.bottom <= height }).toEqual({
        ...a,
        inside: true,
      });
      for (const b of boxes.slice(i + 1)) {
        const apart =
          a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
        expect({ a, b, apart }).toEqual({ a, b, apart: true });
      }
    }
    const rim = boxes.find(box => box.selector === '.rim')!;
    expect(rim.right - rim.left).toBeGreaterThan(Math.min(width, height) * 0.45);
  });

  test('twenty-four prizes of forty letters stay inside their fields', async () => {
    const prizes = Array.from({ length: 24 }, (_, i) => ({
      label: `Prize ${i} ${'with a very long name indeed'.padEnd(31, '!')}`.slice(0, 40),
      win: i % 2 === 0,
    }));
    const page = await play({ prizes });
    const widest = await page.evaluate(() => {
      const face = document.querySelector('.well')!.getBoundingClientRect();
      const lengths = [...document.querySelectorAll<SVGTextElement>('.label text')].map(t =>
        t.getComputedTextLength(),
      );
      return { longest: Math.max(...lengths), face: face.width };
    });
    // 48 units is what a narrow field leaves between hub and rim.
    expect(widest.longest).toBeLessThanOrEqual(48.5);
  });
});

describe('copy', () => {
  const attack = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'&`;

  test('markup is shown as text', async () => {
    const page = await play({
      winProbability: 1,
      copy: { title: attack, instructions: attack, win_message: attack },
      prizes: [
        { label: '<b>bold</b></script>', win: true },
        { label: '<svg/onload=alert(3)>', win: false },
      ],
    });
    expect(await page.title()).toBe(attack);
    expect(await page.textContent('h1')).toBe(attack);
    await page.click('.spin');
    await ended(page);
    expect(await page.textContent('.message')).toBe(attack);
    expect(await page.textContent('.prize')).toBe('<b>bold</b></script>');
    expect(await page.evaluate(() => document.querySelectorAll('img, b, svg svg, script').length)).toBe(2);
  });

  test.each([
    ['ar', 'أدر العجلة 20%', 'rtl'],
    ['he', 'סובבו את הגלגל', 'rtl'],
    ['hi-IN', 'पहिया घुमाएँ', 'ltr'],
    ['ja-JP', '賞品ルーレットをまわす', 'ltr'],
    ['ko', '행운의 룰렛', 'ltr'],
    ['zh-Hans-CN', '幸运转盘', 'ltr'],
    ['el', 'Γύρισε τον τροχό', 'ltr'],
    ['uk', 'Крутіть колесо', 'ltr'],
  ])('%s is drawn with the embedded fonts', async (locale, title, direction) => {
    const page = await play({ locale, copy: { title } });
    expect(await page.getAttribute('html', 'lang')).toBe(locale);
    expect(await page.getAttribute('html', 'dir')).toBe(direction);
    const session = await page.context().newCDPSession(page);
    await session.send('DOM.enable');
    await session.send('CSS.enable');
    const { root } = await session.send('DOM.getDocument', {});
    for (const selector of ['h1', '.spin']) {
      const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector });
      const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
      expect(fonts.length).toBeGreaterThan(0);
      expect(fonts.filter(font => !font.isCustomFont)).toEqual([]);
    }
  });
});

test('it plays in a sandboxed frame of an opaque origin, and says how it ended', async () => {
  const folder = await unpack((await buildGame({ winProbability: 1 })).game);
  const server = await serve(folder);
  try {
    const watched = await openPage(browser, `${server.url}/host.html`, server.url);
    open.push(watched);
    const frame = watched.page.frameLocator('#slot');
    await frame.locator('.spin:enabled').click();
    await frame.locator('.game[data-state=won]').waitFor();
    await watched.page.waitForFunction(() => document.title !== '');
    expect(await watched.page.title()).toBe(`won: ${await frame.locator('.prize').textContent()}`);
    expect(await frame.locator('html').evaluate(() => window.origin)).toBe('null');
  } finally {
    await server.close();
  }
});
