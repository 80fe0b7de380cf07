// A program that the build runs: makes the bundles of workflows that are not there yet, and removes those of other code.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { bundleFile, bundleFolder } from './built-bundle.js';
import { makeBundle } from './make-bundle.js';
import { VARIANTS } from './variant.js';

const logger = new DefaultLogger('WARN');
await mkdir(bundleFolder, { recursive: true });
const wanted = new Set<string>();
for (const variant of VARIANTS) {
  const file = await bundleFile(variant);
  wanted.add(basename(file));
  if (existsSync(file)) continue;
  const { code } = await makeBundle(variant, logger);
  await writeFile(`${file}.part`, code);
  await rename(`${file}.part`, file);
}
for (const name of await readdir(bundleFolder)) if (!wanted.has(name)) await rm(join(bundleFolder, name));
