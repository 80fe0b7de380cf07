import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { openFileStore } from '@cairn/artifact-store';
import type { Cairn } from './cairn.js';

/** A broken rule of the records, in words. */
export type Inconsistency = string;

/**
 * Looks at everything that a Cairn has recorded and stored, and says what does not fit together: runs and steps
 * that are open though their run has ended, rows without bytes, bytes without rows, bytes that are not those of
 * their digest, outputs that name no row.
 */
export async function inconsistencies(cairn: Cairn): Promise<readonly Inconsistency[]> {
  const { dataSource, home } = cairn;
  const store = openFileStore(join(home, 'artifacts'));
  const found: Inconsistency[] = [];
  const rows = <T>(sql: string) => dataSource.query<T[]>(sql);

  for (const { id, status } of await rows<{ id: string; status: string }>(
    `SELECT s."id", s."status" FROM "run_step" s JOIN "run" r ON r."id" = s."runId"
      WHERE r."status" IN ('completed', 'failed', 'cancelled') AND s."status" IN ('pending', 'running')`,
  ))
    found.push(`step ${id} is ${status} in a run that has ended`);
  for (const { id } of await rows<{ id: string }>(
    `SELECT s."id" FROM "run_step" s WHERE EXISTS (
       SELECT 1 FROM unnest(s."outputArtifactIds") AS a("id") WHERE NOT EXISTS (
         SELECT 1 FROM "artifact" WHERE "artifact"."id" = a."id" AND "artifact"."runId" = s."runId"))`,
  ))
    found.push(`step ${id} names an artifact that its run does not have`);
  for (const { id } of await rows<{ id: string }>(
    `SELECT a."id" FROM "artifact" a WHERE NOT EXISTS (
       SELECT 1 FROM "run_step" s WHERE s."runId" = a."runId" AND a."id" = ANY(s."outputArtifactIds"))`,
  ))
    found.push(`artifact ${id} belongs to no step`);

  const artifacts = await rows<{ contentHash: string; sizeBytes: string }>(
    `SELECT DISTINCT "contentHash", "sizeBytes" FROM "artifact"`,
  );
  const cached = await rows<{ digest: string }>(
    `SELECT DISTINCT a->>'digest' AS "digest" FROM "step_cache", jsonb_array_elements("outputs"->'artifacts') AS a`,
  );
  const named = new Set([...artifacts.map(row => row.contentHash), ...cached.map(row => row.digest)]);
  const stored = new Set<string>();
  for await (const { digest, size } of store.list('local')) {
    stored.add(digest);
    if (!named.has(digest)) found.push(`${digest} is stored, and no row names it`);
    const row = artifacts.find(({ contentHash }) => contentHash === digest);
    if (row && Number(row.sizeBytes) !== size)
      found.push(`${digest} has ${size} bytes, its row says ${row.sizeBytes}`);
    if ((await digestOfFile(store.uri('local', digest))) !== digest) found.push(`${digest} has other bytes`);
  }
  for (const digest of named) if (!stored.has(digest)) found.push(`${digest} has a row, and no bytes`);
  return found;
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
