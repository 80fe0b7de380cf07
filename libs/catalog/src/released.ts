import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOf, type Digest } from '@cairn/canonical';
import type { AnyWorkflow } from '@cairn/pipeline';
import { CatalogError } from './catalog-error.js';
import type { CatalogEntry } from './catalog-file.js';
import { readJsonObject } from './read-json.js';

/** Digests of the graphs that were released: by the name of the workflow, then by its version. */
export type Released = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Workflows of a package, and where that is listed. */
export interface ListedWorkflows extends CatalogEntry {
  readonly workflows: readonly AnyWorkflow[];
}

/** The file beside a catalog file that holds what was released of it, and of other catalogs in its folder. */
export const releasedFile = (catalogFile: string): string => join(dirname(catalogFile), 'released.json');

/** A workflow or a skill as it is written: `campaign.build@1.0.0`. */
export const versioned = (
  of: { readonly version: string } & ({ readonly name: string } | { readonly id: string }),
) => `${'name' in of ? of.name : of.id}@${of.version}`;

export const graphDigest = ({ graph }: Pick<AnyWorkflow, 'graph'>): Digest => digestOf(graph);

/**
 * What a file says was released; nothing when there is no such file.
 * @throws CatalogError for a file of another form.
 */
export async function readReleased(file: string): Promise<Released> {
  if (!existsSync(file)) return {};
  const released = await readJsonObject(file, 'the list of released graphs');
  for (const [name, versions] of Object.entries(released))
    for (const [version, digest] of isObject(versions) ? Object.entries(versions) : [['', versions]])
      if (typeof digest !== 'string' || !DIGEST.test(digest))
        throw new CatalogError(`${file}: ${name} ${String(version)}: no digest like sha256:<64 hex digits>`);
  return released as Released;
}

/** Whether a workflow was released with another graph than it has. */
export function isChanged(released: Released, workflow: AnyWorkflow): boolean {
  const digest = digestIn(released, workflow);
  return digest !== undefined && digest !== graphDigest(workflow);
}

/** The digest under which a version of a workflow was released. */
export const digestIn = (released: Released, { name, version }: AnyWorkflow): string | undefined =>
  own(own(released, name) ?? {}, version);

/**
 * Refuses a workflow whose graph is another than the one that was released under its name and version. Runs are pinned
 * to their graphs: what a version does must not depend on when a run was started.
 *
 * @throws CatalogError naming file, workflow and version.
 */
export async function refuseChangedGraphs(packages: readonly ListedWorkflows[]): Promise<void> {
  const files = new Map<string, Released>();
  for (const { file, entry, workflows } of packages) {
    const path = releasedFile(file);
    const released = files.get(path) ?? (await readReleased(path));
    files.set(path, released);
    const changed = workflows.find(workflow => isChanged(released, workflow));
    if (changed)
      throw new CatalogError(
        `${path}: the workflow ${versioned(changed)} of the package ${entry} has another graph than the one that was ` +
          'released: give it a higher version, and leave the released one as it was for those who ask for it',
      );
  }
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
