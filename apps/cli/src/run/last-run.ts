import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface LastRun {
  readonly runId: string;
  /** Of workflow and trigger: what was asked for. */
  readonly request: string;
}

const fileOf = (home: string) => join(home, 'last-run.json');
const requestOf = (workflow: string, trigger: unknown) =>
  createHash('sha256')
    .update(JSON.stringify([workflow, trigger]))
    .digest('hex');

/** The run that the last start of this home began, if it was asked for the same; it may have ended since. */
export async function lastRunOf(
  home: string,
  workflow: string,
  trigger: unknown,
): Promise<string | undefined> {
  try {
    const last = JSON.parse(await readFile(fileOf(home), 'utf8')) as LastRun;
    return last.request === requestOf(workflow, trigger) ? last.runId : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a run, so that a start after an interrupted one goes on with it. */
export async function rememberRun(
  home: string,
  workflow: string,
  trigger: unknown,
  runId: string,
): Promise<void> {
  await mkdir(home, { recursive: true });
  const last: LastRun = { runId, request: requestOf(workflow, trigger) };
  const temporary = `${fileOf(home)}.${randomUUID()}.tmp`;
  await writeFile(temporary, `${JSON.stringify(last)}\n`);
  await rename(temporary, fileOf(home));
}
