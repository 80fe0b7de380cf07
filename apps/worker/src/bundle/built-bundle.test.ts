import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { DefaultLogger } from '@temporalio/worker';
import { builtBundle, bundleFile } from './built-bundle.js';
import { makeBundle } from './make-bundle.js';
import { VARIANTS } from './variant.js';

test.each(VARIANTS)(
  'the build has left the bundle that is made of this code: %j',
  async variant => {
    const built = await builtBundle(variant);
    const { code } = await makeBundle(variant, new DefaultLogger('ERROR'));
    expect((await readFile(built!.codePath, 'utf8')) === code).toBe(true);
  },
  60_000,
);

test('each variant has a file of its own, by content', async () => {
  const files = await Promise.all(VARIANTS.map(bundleFile));
  expect(new Set(files).size).toBe(VARIANTS.length);
  for (const file of files) expect(file).toMatch(/\/dist\/bundles\/[0-9a-f]{64}\.cjs$/);
});
