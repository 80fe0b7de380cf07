import { join } from 'node:path';
import { CatalogError } from './catalog-error.js';
import { readJsonObject } from './read-json.js';

/** What a package.json says under `cairn`; absolute paths of compiled modules. */
export interface PackageManifest {
  /** Of the package.json. */
  readonly path: string;
  readonly name: string;
  readonly folder: string;
  readonly skills: readonly { readonly skill: string; readonly run: string }[];
  readonly workflows: readonly string[];
}

/**
 * Reads what a package holds: `{"skill": FILE, "run": FILE}`, `{"workflow": FILE}` or both; of several,
 * `{"skills": [{"skill": FILE, "run": FILE}], "workflows": [FILE]}`. Files are relative to the folder.
 *
 * @throws CatalogError when it says so in no such form, or holds nothing.
 */
export async function readPackageManifest(folder: string, entry: string): Promise<PackageManifest> {
  const path = join(folder, 'package.json');
  const { name, cairn } = await readJsonObject(path, `the package ${entry}`);
  const refuse = (rule: string): never => {
    throw new CatalogError(`${path}: the package ${entry}: ${rule}`);
  };
  if (typeof name !== 'string') return refuse('it has no name');
  if (cairn === undefined)
    return refuse('it has no field "cairn", which says what skills or workflows it holds');
  if (!isObject(cairn)) return refuse('"cairn" is no object');
  const unknown = Object.keys(cairn).find(key => !FIELDS.includes(key));
  if (unknown !== undefined) refuse(`"cairn" has a field "${unknown}", it may have ${FIELDS.join(', ')}`);
  const { skill, run, workflow, skills = [], workflows = [] } = cairn;
  const isFile = (value: unknown): value is string => typeof value === 'string' && value !== '';
  const isPair = (value: unknown): value is { skill: string; run: string } =>
    isObject(value) && isFile(value['skill']) && isFile(value['run']);
  if (!Array.isArray(skills) || !skills.every(isPair))
    return refuse('"cairn.skills" is not a list of {"skill": FILE, "run": FILE}');
  if (!Array.isArray(workflows) || !workflows.every(isFile))
    return refuse('"cairn.workflows" is not a list of files');
  const single = { skill, run };
  if (skill === undefined ? run !== undefined : !isPair(single))
    return refuse('"cairn" names a skill without its run, or a run without its skill');
  if (workflow !== undefined && !isFile(workflow)) return refuse('"cairn.workflow" is no file');
  const pairs = [...(isPair(single) ? [single] : []), ...skills];
  const flows = [...(workflow === undefined ? [] : [workflow]), ...workflows];
  if (pairs.length + flows.length === 0) return refuse('"cairn" names neither a workflow nor a skill');
  return {
    path,
    name,
    folder,
    skills: pairs.map(pair => ({ skill: join(folder, pair.skill), run: join(folder, pair.run) })),
    workflows: flows.map(file => join(folder, file)),
  };
}

const FIELDS = ['skill', 'run', 'workflow', 'skills', 'workflows'];
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
