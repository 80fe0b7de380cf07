import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { CampaignManifest } from '@cairn/dto';
import type { Browser, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { buildCampaign, removeUnpacked, unpack, type CampaignOptions } from './build.js';
import { launchChromium, openPage, type WatchedPage } from './chromium.js';
import { serve } from './serve.js';

// A whole campaign is played in real time, on a machine that may be busy.
jest.setTimeout(90_000);

let browser: Browser;
let open: WatchedPage[] = [];
let closing: (() => Promise<void>)[] = [];

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
  await Promise.all(closing.map(close => close()));
  open = [];
  closing = [];
  expect(problems).toEqual([]);
});

async function visit(
  options: CampaignOptions,
  {
    over = 'file',
    query = '',
    ...context
  }: BrowserContextOptions & { over?: 'file' | 'http'; query?: string } = {},
): Promise<{ page: Page; manifest: CampaignManifest }> {
  const folder = await unpack(await buildCampaign(options));
  let base = `file://${folder}`;
  if (over === 'http') {
    const server = await serve(folder);
    closing.push(server.close);
    base = server.url;
  }
  const watched = await openPage(browser, `${base}/index.html${query}`, base, context);
  open.push(watched);
  await watched.page.waitForSelector('.player');
  const manifest = JSON.parse(await readFile(`${folder}/manifest.json`, 'utf8')) as CampaignManifest;
  return { page: watched.page, manifest };
}

const state = (page: Page | Frame, name: string) => page.waitForSelector(`.player[data-state=${name}]`);
const gameIn = async (page: Page) => {
  const frame = await (await page.waitForSelector('.game-frame', { state: 'attached' })).contentFrame();
  if (!frame) throw new Error('The game has no frame');
  return frame;
};

/** Where the manifest says that the button is, on this screen: the video is letterboxed. */
async function buttonOnScreen(page: Page, { interaction }: CampaignManifest) {
  const video = await page.evaluate(() => {
    const element = document.querySelector<HTMLVideoElement>('.clip.shown')!;
    const { left, top, width } = element.getBoundingClientRect();
    return { left, top, scale: width / element.videoWidth };
  });
  const { x, y, width, height } = interaction.button.bounds;
  const at = (px: number, py: number) => ({
    x: video.left + px * video.scale,
    y: video.top + py * video.scale,
  });
  return { middle: at(x + width / 2, y + height / 2), left: at(x, y), right: at(x + width, y + height) };
}

async function spinByMouse(page: Page): Promise<void> {
  const game = await gameIn(page);
  const box = (await (await game.waitForSelector('.spin:enabled')).boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

describe('a campaign plays through', () => {
  test.each([
    ['won', 1, 'file', 1280, 720],
    ['lost', 0, 'file', 390, 844],
    ['won', 1, 'http', 390, 844],
    ['lost', 0, 'http', 1280, 720],
  ] as const)(
    '%s (probability %d, over %s, %d × %d)',
    async (outcome, winProbability, over, width, height) => {
      const { page, manifest } = await visit({ winProbability }, { over, viewport: { width, height } });
      await state(page, 'waiting');
      const held = await page.evaluate(() => {
        const video = document.querySelector<HTMLVideoElement>('.clip.shown')!;
        return { ended: video.currentTime === video.duration, width: video.videoWidth };
      });
      expect(held).toEqual({ ended: true, width: 320 });

      const at = await buttonOnScreen(page, manifest);
      const box = (await page.locator('.hotspot-button').boundingBox())!;
      expect(Math.abs(box.x - at.left.x)).toBeLessThan(1);
      expect(Math.abs(box.y + box.height - at.right.y)).toBeLessThan(1);
      await page.mouse.click(at.middle.x, at.middle.y);
      await state(page, 'game');
      await spinByMouse(page);
      const game = await gameIn(page);
      await game.waitForSelector(`.game[data-state=${outcome}]`);
      await state(page, 'outcome');
      const src = await page.getAttribute('.clip.shown', 'src');
      expect(src).toBe(outcome === 'won' ? 'videos/win.mp4' : 'videos/lose.mp4');
      await state(page, 'end');
      expect(await page.textContent('[role=status]')).toBe(outcome === 'won' ? 'You won!' : 'You lost');
      expect(await page.locator('.onward').isVisible()).toBe(false);
    },
  );

  test('by keyboard alone, and again', async () => {
    const { page } = await visit({ winProbability: 1 });
    for (let round = 0; round < 2; round++) {
      await state(page, 'waiting');
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('hotspot-button');
      await page.keyboard.press('Enter');
      await (await gameIn(page)).waitForSelector('.spin:focus');
      await page.keyboard.press('Space');
      await state(page, 'end');
      expect(await page.evaluate(() => document.activeElement?.className)).toBe('pill again');
      await page.keyboard.press('Enter');
    }
  });

  test('with the intro skipped', async () => {
    const { page } = await visit({}, { reducedMotion: 'reduce' });
    await page.click('.start');
    await page.click('.skip');
    await state(page, 'waiting');
    expect(await page.locator('.hotspot-button').isVisible()).toBe(true);
  });

  test('although no video can be played', async () => {
    const { page } = await visit({ winProbability: 0, brokenVideos: true }, { reducedMotion: 'reduce' });
    await page.click('.start');
    await state(page, 'waiting');
    expect(await page.locator('.hotspot-label').isVisible()).toBe(true);
    await page.click('.hotspot-button');
    await spinByMouse(page);
    await state(page, 'end');
    expect(await page.locator('.status').isVisible()).toBe(true);
  });
});

describe('the button', () => {
  test('takes the pointer inside its mask only', async () => {
    const { page, manifest } = await visit({});
    await state(page, 'waiting');
    const at = await buttonOnScreen(page, manifest);
    const under = (x: number, y: number) =>
      page.evaluate(([px, py]) => document.elementFromPoint(px!, py!)?.className, [x, y]);
    expect(await under(at.middle.x, at.middle.y)).toBe('hotspot-button');
    expect(await under(at.left.x + 1, at.left.y + 1)).not.toBe('hotspot-button');
    expect(await under(at.left.x - 4, at.middle.y)).not.toBe('hotspot-button');
  });
});

describe('the sandbox', () => {
  test('the game runs in an opaque origin and may do nothing but run', async () => {
    const { page } = await visit({}, { over: 'http' });
    expect(await page.getAttribute('.game-frame', 'sandbox')).toBe('allow-scripts');
    const game = await gameIn(page);
    await game.waitForSelector('.wheel', { state: 'attached' });
    expect(await game.evaluate(() => window.origin)).toBe('null');
  });

  test('a message from another window is no outcome', async () => {
    const { page } = await visit({});
    await state(page, 'waiting');
    await page.click('.hotspot-button');
    await state(page, 'game');
    await page.evaluate(() => window.postMessage({ type: 'cairn:outcome', outcome: 'won', prize: '' }, '*'));
    await page.evaluate(
      () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    expect(await page.getAttribute('.player', 'data-state')).toBe('game');
  });
});

describe('rules', () => {
  test.each([
    [{ active: false }, 'This campaign is not running.'],
    [{ start_date: '2999-01-01T00:00:00Z' }, 'This campaign has not started yet.'],
    [{ end_date: '2001-01-01' }, 'This campaign has ended.'],
  ])('%j is told', async (rules, text) => {
    const { page } = await visit({ rules, brokenVideos: true });
    await state(page, 'closed');
    expect(await page.textContent('.notice-text')).toBe(text);
    expect(await page.locator('.hotspot-button').isVisible()).toBe(false);
  });

  test('no more plays than allowed', async () => {
    const { page } = await visit({ winProbability: 1, rules: { max_plays_per_user: 1 } });
    await state(page, 'waiting');
    await page.click('.hotspot-button');
    await spinByMouse(page);
    await state(page, 'end');
    expect(await page.locator('.again').isVisible()).toBe(false);
    await page.reload();
    await state(page, 'closed');
    expect(await page.textContent('.notice-text')).toBe('You have already played as often as you may.');
  });
});

describe('where the end leads', () => {
  const redirect = { win_url: 'https://example.com/won', delay_ms: 600_000 };

  async function playToTheEnd(page: Page) {
    await state(page, 'waiting');
    await page.click('.hotspot-button');
    await spinByMouse(page);
    await state(page, 'end');
  }

  test('the redirect of the manifest', async () => {
    const { page } = await visit({ winProbability: 1, redirect });
    await playToTheEnd(page);
    expect(await page.getAttribute('.onward', 'href')).toBe('https://example.com/won');
    expect(await page.getAttribute('.onward', 'rel')).toBe('noopener noreferrer');
  });

  test("an ad host's clickTag goes before it; a script is no address", async () => {
    const tagged = await visit(
      { winProbability: 1, redirect },
      { query: `?clickTag=${encodeURIComponent('https://ads.example/c?x=1')}` },
    );
    await playToTheEnd(tagged.page);
    expect(await tagged.page.getAttribute('.onward', 'href')).toBe('https://ads.example/c?x=1');
    const script = await visit({ winProbability: 1 }, { query: '?clickTag=javascript:alert(1)' });
    await playToTheEnd(script.page);
    expect(await script.page.locator('.onward').isVisible()).toBe(false);
  });
});

describe('text', () => {
  test('markup in names is shown as text', async () => {
    const name = `</script><img src=x onerror=alert(1)>"'&`;
    const { page } = await visit({ name, rules: { active: false }, brokenVideos: true });
    await state(page, 'closed');
    expect(await page.title()).toBe(name);
    expect(await page.textContent('.notice h1')).toBe(name);
    expect(await page.evaluate(() => document.querySelectorAll('img').length)).toBe(0);
  });

  test('the player speaks the campaign’s language', async () => {
    const { page } = await visit({ locale: 'ar', rules: { active: false }, brokenVideos: true });
    await state(page, 'closed');
    expect(await page.getAttribute('html', 'dir')).toBe('rtl');
    expect(await page.textContent('.notice-text')).toBe('هذه الحملة غير نشطة.');
  });
});
