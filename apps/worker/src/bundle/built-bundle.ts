import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { digestOf } from '@cairn/canonical';
import { fingerprintOf } from '@cairn/engine';
import { modulesOf, type Variant } from './variant.js';

/** Where the build leaves bundles. */
export const bundleFolder = fileURLToPath(new URL('../bundles/', import.meta.url));

/**
 * The file in which the build leaves a bundle. Its name is a digest of all that the bundle is made of, so that one of
 * other code is never taken for it: the interpreter and what it imports by content, packages by version.
 */
export async function bundleFile(variant: Variant): Promise<string> {
  const { workflowsPath, workflowInterceptorModules, failureConverterPath } = modulesOf(variant);
  const files = [workflowsPath, ...workflowInterceptorModules];
  if (failureConverterPath !== undefined) files.push(failureConverterPath);
  const modules = await Promise.all(files.map(async file => (await fingerprintOf(file)).digest));
  const key = digestOf({ variant, modules, bundler: await bundlerVersion() });
  return `${bundleFolder}${key.slice('sha256:'.length)}.cjs`;
}

/** The bundle that was made when this code was built; undefined when there is none. */
export async function builtBundle(variant: Variant): Promise<{ readonly codePath: string } | undefined> {
  const codePath = await bundleFile(variant);
  return existsSync(codePath) ? { codePath } : undefined;
}

async function bundlerVersion(): Promise<string> {
  const file = fileURLToPath(import.meta.resolve('@temporalio/worker/package.json'));
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}
