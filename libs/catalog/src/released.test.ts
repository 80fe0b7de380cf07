import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOf } from '@cairn/canonical';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CatalogError, loadCatalog, releaseGraphs, SHIPPED_CATALOG } from './index.js';

let root: string;
beforeAll(async () => void (root = await realpath(await mkdtemp(join(tmpdir(), 'cairn-released-')))));
afterAll(() => rm(root, { recursive: true }));

const flow = (name: string, version: string, graph: object) =>
  `export const w${version.replaceAll('.', '_')} = { name: ${JSON.stringify(name)}, version: "${version}",
     graph: ${JSON.stringify(graph)}, skills: new Map() };\n`;

/** A catalog in a folder of its own, with one package of these workflows. @returns the catalog file */
async function catalogWith(folder: string, workflows: string, more: object = {}): Promise<string> {
  const files = {
    'package.json': JSON.stringify({ name: folder, type: 'module', cairn: { workflow: './flow.js' } }),
    'flow.js': workflows,
    'catalog.json': JSON.stringify({ packages: ['.'], ...more }),
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, folder, name)), { recursive: true });
    await writeFile(join(root, folder, name), text);
  }
  return join(root, folder, 'catalog.json');
}
/** The same catalog with other workflows: in another folder, as a module is loaded once. */
async function withOther(folder: string, from: string, workflows: string): Promise<string> {
  const file = await catalogWith(folder, workflows);
  await cp(join(root, from, 'released.json'), join(root, folder, 'released.json'));
  return file;
}
const released = async (folder: string) =>
  JSON.parse(await readFile(join(root, folder, 'released.json'), 'utf8')) as unknown;
const ONE = { steps: ['one'] };
const TWO = { steps: ['one', 'two'] };

test('what is released is written down once; a version more is added', async () => {
  const file = await catalogWith('first', flow('toy.flow', '1.0.0', ONE));
  const written = join(root, 'first/released.json');
  expect(await releaseGraphs(file, { dryRun: true })).toMatchObject({ added: ['toy.flow@1.0.0'] });
  expect((await loadCatalog(file)).workflow('toy.flow')?.version).toBe('1.0.0');
  expect(await releaseGraphs(file)).toEqual({ file: written, added: ['toy.flow@1.0.0'], replaced: [] });
  expect(await released('first')).toEqual({ 'toy.flow': { '1.0.0': digestOf(ONE) } });
  expect(await releaseGraphs(file)).toEqual({ file: written, added: [], replaced: [] });

  const next = flow('toy.flow', '1.0.0', ONE) + flow('toy.flow', '1.1.0', TWO);
  const later = await withOther('second', 'first', next);
  expect((await loadCatalog(later)).workflow('toy.flow')?.version).toBe('1.1.0');
  expect(await releaseGraphs(later)).toMatchObject({ added: ['toy.flow@1.1.0'], replaced: [] });
  expect(await released('second')).toEqual({
    'toy.flow': { '1.0.0': digestOf(ONE), '1.1.0': digestOf(TWO) },
  });
});

test('a released workflow whose graph has changed is refused, and replaced only by name', async () => {
  await releaseGraphs(await catalogWith('before', flow('toy.flow', '1.0.0', ONE)));
  const file = await withOther('after', 'before', flow('toy.flow', '1.0.0', TWO));
  const refused = loadCatalog(file);
  await expect(refused).rejects.toThrow(CatalogError);
  await expect(refused).rejects.toThrow(
    `${join(root, 'after/released.json')}: the workflow toy.flow@1.0.0 of the package . has another graph than the ` +
      'one that was released: give it a higher version',
  );
  await expect(releaseGraphs(file)).rejects.toThrow('toy.flow@1.0.0 was released with another graph');
  await expect(releaseGraphs(file, { replace: ['toy.flow@2.0.0'] })).rejects.toThrow(
    'it lists no workflow toy.flow@2.0.0',
  );
  expect(await released('after')).toEqual({ 'toy.flow': { '1.0.0': digestOf(ONE) } });
  expect(await releaseGraphs(file, { replace: ['toy.flow@1.0.0'] })).toMatchObject({
    added: [],
    replaced: ['toy.flow@1.0.0'],
  });
  expect((await loadCatalog(file)).workflow('toy.flow')?.graph).toEqual(TWO);
});

test('each catalog file has its own list beside it, also when another extends it', async () => {
  const base = await catalogWith('base', flow('toy.base', '1.0.0', ONE));
  await releaseGraphs(base);
  const own = await catalogWith('own', flow('toy.own', '1.0.0', ONE), { extends: base });
  expect(await releaseGraphs(own)).toMatchObject({ added: ['toy.own@1.0.0'] });
  expect(await released('own')).toEqual({ 'toy.own': { '1.0.0': digestOf(ONE) } });
  expect((await loadCatalog(own)).workflows).toHaveLength(2);
  await writeFile(join(root, 'base/released.json'), `{"toy.base": {"1.0.0": "${digestOf(TWO)}"}}`);
  await expect(loadCatalog(own)).rejects.toThrow(
    `${join(root, 'base/released.json')}: the workflow toy.base`,
  );
});

test.each([
  ['[]', 'the list of released graphs is no JSON object'],
  ['{"toy.flow": "1.0.0"}', 'toy.flow : no digest like sha256:'],
  ['{"toy.flow": {"1.0.0": "md5:1"}}', 'toy.flow 1.0.0: no digest like sha256:'],
])('a list of another form is refused: %s', async (text, rule) => {
  const folder = `odd-${digestOf(text).slice(-8)}`;
  const file = await catalogWith(folder, flow('toy.flow', '1.0.0', ONE));
  await writeFile(join(root, folder, 'released.json'), text);
  await expect(loadCatalog(file)).rejects.toThrow(`${join(root, folder, 'released.json')}: ${rule}`);
});

test('every workflow that comes with Cairn is released as it is', async () => {
  expect(await releaseGraphs(SHIPPED_CATALOG, { dryRun: true })).toMatchObject({ added: [], replaced: [] });
  expect((await loadCatalog()).workflow('campaign.build', '1.0.0')?.graph.steps).toHaveLength(9);
});
