import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedPath, projectFolder } from './places.js';
import { readTrigger } from './trigger-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-trigger-'));
  await writeFile(join(folder, 'bom.json'), '\uFEFF{"campaign_id": "x"}');
  await writeFile(join(folder, 'half.json'), '{"campaign_id": ');
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is read, with or without a byte order mark', async () => {
  expect(await readTrigger(join(folder, 'bom.json'))).toEqual({ campaign_id: 'x' });
});

test('what cannot be read is a usage error that names the file', async () => {
  const missing = join(folder, 'absent.json');
  await expect(readTrigger(missing)).rejects.toMatchObject({
    exitCode: 2,
    message: `There is no trigger file ${missing}`,
  });
  const half = join(folder, 'half.json');
  await expect(readTrigger(half)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(`${half} is not JSON`),
  });
  await expect(readTrigger(folder)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('The trigger file cannot be read'),
  });
});

test('a name is meant from where npm was called, else from the working folder', () => {
  expect(namedPath('half.json', { INIT_CWD: folder }, '/work')).toBe(join(folder, 'half.json'));
  expect(namedPath('other.json', { INIT_CWD: folder }, '/work')).toBe('/work/other.json');
  expect(namedPath('/abs.json', { INIT_CWD: folder }, '/work')).toBe('/abs.json');
});

test.each(['neon-arcade', 'paper-carnival'])('the shipped example %s is JSON with a campaign', async name => {
  const trigger = (await readTrigger(join(projectFolder, 'examples', `${name}.json`))) as Record<
    string,
    unknown
  >;
  expect(trigger.template_id).toBe('spin_wheel_v1');
});
