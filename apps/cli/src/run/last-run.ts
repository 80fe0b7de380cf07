import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the last start of a home asked for. */
export interface LastRun {
  /** With it the same run is asked for again, also when the answer was never read. */
  readonly idempotencyKey: string;
  /** Absent until the API has answered. */
  readonly runId?: string;
}

const fileOf = (home: string) => join(home, 'last-run.json');
const requestOf = (workflow: string, trigger: unknown) =>
  createHash('sha256')
    .update(JSON.stringify([workflow, trigger]))
    .digest('hex');

/** What the last start of this home asked for, if that was the same; its run may have ended since. */
export async function lastRunOf(
  home: string,
  workflow: string,
  trigger: unknown,
): Promise<LastRun | undefined> {
  try {
    const last = JSON.parse(await readFile(fileOf(home), 'utf8')) as LastRun & { readonly request: string };
    return last.request === requestOf(workflow, trigger) ? last : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a start before it is asked for, and its run, so that a start after an interrupted one goes on with it. */
export async function rememberRun(
  home: string,
  workflow: string,
  trigger: unknown,
  { idempotencyKey, runId }: LastRun,
): Promise<void> {
  await mkdir(home, { recursive: true });
  const last = { request: requestOf(workflow, trigger), idempotencyKey, runId };
  const temporary = `${fileOf(home)}.${randomUUID()}.tmp`;
  await writeFile(temporary, `${JSON.stringify(last)}\n`);
  await rename(temporary, fileOf(home));
}
