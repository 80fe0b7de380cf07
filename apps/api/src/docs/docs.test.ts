import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { http } from '@cairn/dto';
import { docsPage } from './page.js';

const root = new URL('../../../../', import.meta.url);
const document = http.openApiDocument('0.1.0');
const page = docsPage(document);

test('openapi.json and the types of the client are those of the operations', async () => {
  const script = fileURLToPath(new URL('scripts/openapi.mjs', root));
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toEqual({
    stdout: '',
    stderr: '',
  });
}, 60_000);

test('every reference of the document leads somewhere', async () => {
  const text = await readFile(new URL('openapi.json', root), 'utf8');
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const named = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  expect([...named].sort()).toEqual(Object.keys(components.schemas).sort());
});

test('the page shows every operation, schema and problem, and every link leads somewhere', () => {
  const ids = new Set([...page.html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const wanted = [
    ...Object.keys(http.operations),
    ...Object.keys((document['components'] as { schemas: object }).schemas).map(name => `schema-${name}`),
    ...Object.keys(http.PROBLEMS),
  ];
  expect(wanted.filter(id => !ids.has(id))).toEqual([]);
  const links = [...page.html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.filter(id => !ids.has(id))).toEqual([]);
});

test('the page runs nothing and loads nothing', () => {
  expect(page.html).not.toMatch(
    /<(script|link|img|iframe|object|embed|form)\b|\bsrc=|url\(|@import| on\w+=/i,
  );
  const targets = [...page.html.matchAll(/href="([^"#][^"]*)"/g)].map(([, target]) => target);
  expect(targets).toEqual(['/openapi.json']);
  const [, style] = /<style>([^]*)<\/style>/.exec(page.html)!;
  const digest = createHash('sha256').update(style!).digest('base64');
  expect(page.policy).toMatch(`default-src 'none'; style-src 'sha256-${digest}';`);
});
