import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CatalogError } from './catalog-error.js';
import { loadListed } from './catalog.js';
import { digestIn, graphDigest, isChanged, readReleased, releasedFile, versioned } from './released.js';

/** What a release has written. */
export interface Release {
  /** Absolute path of the file with the digests. */
  readonly file: string;
  /** Workflows as `name@version`. */
  readonly added: readonly string[];
  readonly replaced: readonly string[];
}

/**
 * Writes down the graphs of the workflows whose packages a catalog file lists itself, in the file beside it; workflows
 * of catalogs that it extends stand beside those. What is written down stays, unless it is named in `replace`.
 *
 * @param replace workflows, as `name@version`, whose released graph was a mistake.
 * @param dryRun tells what would be written, and writes nothing.
 * @throws CatalogError what loading the catalog throws, but for released graphs that have changed: for those unless
 *   `replace` names them; and for names in `replace` that the file does not list.
 */
export async function releaseGraphs(
  catalogFile: string,
  { replace = [], dryRun = false }: { readonly replace?: readonly string[]; readonly dryRun?: boolean } = {},
): Promise<Release> {
  const path = resolve(catalogFile);
  const file = releasedFile(path);
  const released = await readReleased(file);
  const workflows = (await loadListed(path))
    .filter(listed => listed.file === path)
    .flatMap(listed => listed.workflows);
  const unknown = replace.find(name => !workflows.some(workflow => versioned(workflow) === name));
  if (unknown !== undefined)
    throw new CatalogError(`${path}: it lists no workflow ${unknown} whose graph could be replaced`);
  const changed = workflows.filter(workflow => isChanged(released, workflow));
  const refused = changed.map(versioned).filter(name => !replace.includes(name));
  if (refused.length > 0)
    throw new CatalogError(
      `${file}: ${refused.join(', ')} was released with another graph: give it a higher version; only where no run ` +
        'of it counts, replace the released one by name',
    );
  const added = workflows.filter(workflow => digestIn(released, workflow) === undefined);
  if (!dryRun && added.length + changed.length > 0) {
    const digests: Record<string, Record<string, string>> = {};
    for (const [name, versions] of Object.entries(released)) digests[name] = { ...versions };
    for (const workflow of [...added, ...changed])
      (digests[workflow.name] ??= {})[workflow.version] = graphDigest(workflow);
    await write(file, digests);
  }
  return { file, added: added.map(versioned), replaced: changed.map(versioned) };
}

/** The old file or the new one, never half of it; keys in order, so that a change is one line of a diff. */
async function write(file: string, digests: Record<string, Record<string, string>>): Promise<void> {
  const sorted = inOrder(
    Object.entries(digests).map(([name, versions]) => [name, inOrder(Object.entries(versions))]),
  );
  await writeFile(`${file}.new`, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

const inOrder = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
