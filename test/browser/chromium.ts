import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** A Chromium of this machine. @throws Error in one line when there is none */
export function findChromium(): string {
  const named = process.env.CAIRN_CHROMIUM;
  if (named) return named;
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of NAMES) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error(
    `The browser tests need Chromium: set CAIRN_CHROMIUM, or put one of ${NAMES.join(', ')} on the PATH`,
  );
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that notes all that a shipped campaign must never do. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, failed requests, requests to anywhere but the package. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

/** Opens a new page. @param inside the start of every address that belongs to the package */
export async function openPage(
  browser: Browser,
  url: string,
  inside: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => problems.push(`uncaught: ${error.message}`));
  page.on('dialog', dialog => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('requestfailed', request => {
    // A page that is left, or a video that is replayed, breaks off its own requests.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') problems.push(`failed: ${request.url()}`);
  });
  page.on('request', request => {
    if (![inside, 'data:', 'blob:'].some(start => request.url().startsWith(start)))
      problems.push(`outside: ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}
