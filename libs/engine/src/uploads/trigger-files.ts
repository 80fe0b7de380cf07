import type { ArtifactStore } from '@cairn/artifact-store';
import {
  repositories,
  type Artifact,
  type DataSource,
  type NewArtifact,
  type Repositories,
} from '@cairn/dao';
import { CairnError, compile, pointerToken, ValidationError, type Issue } from '@cairn/dto';
import type { FileRef, TSchema } from '@cairn/skill-kit';
import { checkBlobs } from '../blobs/check-blobs.js';
import { absentBlobs } from '../blobs/look-at-blobs.js';
import { clientForm, namedFiles, type NamedFile } from './file-form.js';

/** What files are looked for in. */
export interface FileSources {
  readonly dataSource: DataSource;
  readonly store: ArtifactStore;
  /** How long a verification of stored bytes is relied on while their stamp stays. Milliseconds. */
  readonly verifyAfterMs: number;
  /** Existence and size are enough, and nothing is noted of the look. */
  readonly onlyLook?: true;
}

/** A file of a trigger, found. */
export interface TriggerFile {
  readonly path: readonly string[];
  readonly file: FileRef;
  /** The skill that produced it. */
  readonly skillId: string;
}

/** A trigger in which files stand as steps get them. */
export interface ResolvedTrigger {
  readonly trigger: unknown;
  readonly files: readonly TriggerFile[];
}

/**
 * Puts the file in each place where a trigger names an artifact. Its bytes are there and right at that moment; the
 * transaction that records the run holds them with {@link keepTriggerFiles}.
 *
 * @param trigger valid by the client's form of `schema`
 * @throws ValidationError with JSON Pointers into the trigger: ARTIFACT_UNKNOWN, also for another tenant's,
 *   ARTIFACT_TYPE for one of another type, ARTIFACT_LOST when its bytes are gone or wrong.
 */
export async function resolveTriggerFiles(
  sources: FileSources,
  tenantId: string,
  schema: TSchema,
  trigger: unknown,
  subject: string,
): Promise<ResolvedTrigger> {
  const named = namedFiles(clientForm(schema), trigger);
  if (named.length === 0) return { trigger, files: [] };
  const { artifacts } = repositories(sources.dataSource);
  const ids = [...new Set(named.map(({ artifactId }) => artifactId))];
  const rows = new Map((await artifacts.listArtifactsByIds(tenantId, ids)).map(row => [row.id, row]));
  const issues: Issue[] = [];
  const files = named.flatMap((field): TriggerFile[] => {
    const row = rows.get(field.artifactId);
    const file = row && fileOf(row);
    if (file && field.accepts.some(schema => compile(schema).check(file).length === 0))
      return [{ path: field.path, file, skillId: row.skillId }];
    issues.push(refusal(field, row));
    return [];
  });
  if (issues.length === 0) issues.push(...(await lostFiles(sources, tenantId, files)));
  if (issues.length > 0) throw new ValidationError(issues, subject);
  return { trigger: files.reduce((at, { path, file }) => put(at, path, file), trigger), files };
}

/** A file as steps get it: what the key is made of, so not the id by which it was named. */
export function fileOf({ type, contentHash, sizeBytes, filename, metadata }: Artifact): FileRef {
  return {
    type,
    digest: contentHash,
    size: sizeBytes ?? 0,
    ...(filename !== null && { filename }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}

const pointerOf = (path: readonly string[]) =>
  `${path.map(token => `/${pointerToken(token)}`).join('')}/artifactId`;

function refusal({ path, artifactId, accepts }: NamedFile, row: Artifact | undefined): Issue {
  const types = accepts.map(schema => (schema as unknown as Record<string, string>)['x-artifact']);
  return row
    ? {
        path: pointerOf(path),
        code: 'ARTIFACT_TYPE',
        message: `must name an artifact of the type ${types.join(' or ')}; ${artifactId} is of the type ${row.type}`,
      }
    : { path: pointerOf(path), code: 'ARTIFACT_UNKNOWN', message: `names no artifact: ${artifactId}` };
}

async function lostFiles(
  sources: FileSources,
  tenantId: string,
  files: readonly TriggerFile[],
): Promise<readonly Issue[]> {
  const named = files.map(({ file }) => file);
  const lost = sources.onlyLook
    ? await absentBlobs(sources.store, tenantId, named)
    : (await checkBlobs(sources, tenantId, named)).damaged;
  return files
    .filter(({ file }) => lost.has(file.digest))
    .map(({ path, file }) => ({
      path: pointerOf(path),
      code: 'ARTIFACT_LOST',
      message: `names an artifact whose bytes, ${file.digest}, are not in the store any more`,
    }));
}

/** A copy in which another value stands at a path. */
export function put(value: unknown, [key, ...rest]: readonly string[], file: FileRef): unknown {
  if (key === undefined) return file;
  if (Array.isArray(value))
    return value.map((item: unknown, at) => (String(at) === key ? put(item, rest, file) : item));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: put(fields[key], rest, file) };
}

/**
 * Gives a run artifacts of its own for the files of its trigger, so that it keeps them when the upload is deleted. In
 * the transaction that records the run.
 *
 * @throws CairnError STORE_UNAVAILABLE when the bytes were collected since they were looked for.
 */
export async function keepTriggerFiles(
  tx: Repositories,
  run: { readonly tenantId: string; readonly runId: string },
  files: readonly TriggerFile[],
  store: ArtifactStore,
): Promise<void> {
  const { tenantId, runId } = run;
  const digests = files.map(({ file }) => file.digest);
  if (!(await tx.blobs.hold(tenantId, digests)))
    throw new CairnError('STORE_UNAVAILABLE', 'Bytes that the trigger names were collected meanwhile', {
      retryable: true,
    });
  await tx.artifacts.insertArtifacts(
    files.map(({ path, file, skillId }): NewArtifact => ({
      runId,
      tenantId,
      stepId: null,
      skillId,
      name: path.join('.'),
      type: file.type,
      uri: store.uri(tenantId, file.digest),
      contentHash: file.digest,
      sizeBytes: file.size,
      filename: file.filename ?? null,
      metadata: { ...file.metadata },
    })),
  );
}
