import { repositories, type JsonObject, type Run } from '@cairn/dao';
import { compile, cutTo, pointerToken, ValidationError, withDefaults, type Issue } from '@cairn/dto';
import type { Catalog } from '@cairn/catalog';
import { mergePatch, type GraphNode } from '@cairn/pipeline';
import { checkBlobs } from '../blobs/check-blobs.js';
import { fileOf, put, type FileSources, type TriggerFile } from '../uploads/trigger-files.js';

/** A patch in which files stand as steps get them, and these files. */
export interface ResolvedEdit {
  readonly patch: JsonObject;
  readonly files: readonly TriggerFile[];
}

interface NamedInPatch {
  readonly path: readonly string[];
  readonly artifactId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SUBJECT = 'The request';
const pointerOf = (path: readonly string[]) =>
  ['/input', ...path.map(token => `/${pointerToken(token)}`)].join('');

/**
 * Puts the file in each place of a patch where `{"artifactId": …}` names one.
 * @throws ValidationError with pointers that begin with `/input`: ARTIFACT_UNKNOWN, also for another tenant's;
 *   ARTIFACT_LOST when its bytes are gone or wrong.
 */
export async function resolveEdit(
  sources: FileSources,
  tenantId: string,
  patch: JsonObject,
): Promise<ResolvedEdit> {
  const named = namedIn(patch, []);
  if (named.length === 0) return { patch, files: [] };
  const { artifacts } = repositories(sources.dataSource);
  const ids = [...new Set(named.map(({ artifactId }) => artifactId))];
  const rows = new Map((await artifacts.listArtifactsByIds(tenantId, ids)).map(row => [row.id, row]));
  const check = await checkBlobs(
    sources,
    tenantId,
    [...rows.values()].map(row => fileOf(row)),
  );
  const issues = named.flatMap(({ path, artifactId }): Issue[] => {
    const row = rows.get(artifactId);
    const at = `${pointerOf(path)}/artifactId`;
    if (!row) return [{ path: at, code: 'ARTIFACT_UNKNOWN', message: `names no artifact: ${artifactId}` }];
    if (!check.damaged.has(row.contentHash)) return [];
    const message = `names an artifact whose bytes, ${row.contentHash}, are not in the store any more`;
    return [{ path: at, code: 'ARTIFACT_LOST', message }];
  });
  if (issues.length > 0) throw new ValidationError(issues, SUBJECT);
  const files = named.map(({ path, artifactId }) => {
    const row = rows.get(artifactId)!;
    return { path, file: fileOf(row), skillId: row.skillId };
  });
  return {
    patch: files.reduce<unknown>((at, { path, file }) => put(at, path, file), patch) as JsonObject,
    files,
  };
}

function namedIn(value: unknown, path: readonly string[]): readonly NamedInPatch[] {
  if (value === null || typeof value !== 'object') return [];
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'artifactId' && UUID.test(String(first[1])))
    return [{ path, artifactId: String(first[1]) }];
  return entries.flatMap(([key, item]) => namedIn(item, [...path, key]));
}

/**
 * Checks an edit against what the step's skill takes, where the run that is forked knows the step's input. One that
 * another trigger may change is left to the step itself.
 *
 * @throws ValidationError with pointers that begin with `/input`.
 */
export async function checkInputEdit(
  sources: Pick<FileSources, 'dataSource'> & { readonly catalog: Catalog },
  run: Run,
  node: GraphNode,
  patch: JsonObject,
  how: { readonly otherTrigger: boolean },
): Promise<void> {
  if (node.kind !== 'step') {
    const message = `cannot be edited: ${node.id} is a ${node.kind}, not a skill's step`;
    throw new ValidationError([{ path: '/input', code: 'VALIDATION_ERROR', message }], SUBJECT);
  }
  const known = how.otherTrigger ? undefined : await inputOf(sources.dataSource, run, node.id);
  const found = sources.catalog.skills.find(
    ({ skill }) => skill.id === node.skill && skill.version === node.skillVersion,
  );
  if (known === undefined || !found) return;
  const schema = found.skill.spec.input;
  const edited = cutTo(schema, mergePatch(known, patch));
  const broken = compile(schema).check(withDefaults(schema, edited));
  const issues = [
    ...unknownFields(patch, edited, []),
    ...broken.map(issue => ({ ...issue, path: `/input${issue.path}` })),
  ];
  if (issues.length > 0) throw new ValidationError(issues, SUBJECT);
}

/** What a step was given, as far as it got in a run; undefined when that is not known. */
async function inputOf(
  dataSource: FileSources['dataSource'],
  { tenantId, id }: Run,
  stepId: string,
): Promise<unknown> {
  const row = await repositories(dataSource).steps.getStep(tenantId, id, stepId);
  return row?.fullInput ?? (row?.keyIngredients as { input?: unknown } | null | undefined)?.input;
}

/** Members of a patch of which nothing is left in what the skill takes. */
function unknownFields(patch: unknown, edited: unknown, path: readonly string[]): readonly Issue[] {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return [];
  return Object.entries(patch).flatMap(([key, value]) => {
    if (value === null) return [];
    const at = [...path, key];
    if (edited !== null && typeof edited === 'object' && Object.hasOwn(edited, key))
      return unknownFields(value, (edited as Readonly<Record<string, unknown>>)[key], at);
    return [{ path: pointerOf(at), code: 'VALIDATION_ERROR', message: 'is no field of the input' }];
  });
}
