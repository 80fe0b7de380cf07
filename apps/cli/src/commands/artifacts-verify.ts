import { CairnApiError, type Artifact, type CairnClient, type DamagedBlob } from '@cairn/client';
import type { Command } from 'commander';
import { artifactsOf } from '../api/artifacts-of.js';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { CliError, EXIT } from '../errors.js';
import { readThrough } from '../run/pull.js';
import { verifyRuns } from '../run/verify-runs.js';
import type { Shell } from '../shell.js';
import { bytes, counted, shortDigest } from '../show/format.js';
import { table } from '../show/table.js';
import { showVerifiedRuns } from '../show/verified-runs.js';
import { apiOptions, type ApiOptions } from './options.js';

/** What a verification found. */
interface Verified {
  readonly checked: number;
  readonly bytes: number;
  readonly damaged: readonly Damage[];
}
interface Damage {
  readonly digest: string;
  readonly problem: DamagedBlob['problem'];
  readonly artifactIds: readonly string[];
  readonly runIds: readonly string[];
}

/** `cairn artifacts verify`: whether every byte is what its digest says. */
export function addVerify(artifacts: Command, shell: Shell): void {
  const command = artifacts
    .command('verify')
    .description('read every byte of a run, or of the whole store, and hold it against its digest')
    .argument('[run]', `${RUN_ARGUMENT}; without it, the whole store`)
    .option('--runs', 'say of every run whether it is whole, and what heals it');
  apiOptions(command).action((named: string | undefined, options: ApiOptions & { readonly runs?: boolean }) =>
    shell.perform(async () => {
      if (options.runs && named !== undefined)
        throw new CliError('Name a run or ask for all with --runs, not both', EXIT.usage);
      const client = openApi(options, shell);
      if (options.runs) return verifyEveryRun(client, options, shell);
      const found =
        named === undefined
          ? brief(await verifyStore(client))
          : await verifyRun(client, await findRun(client, named), shell.controller.signal);
      if (options.json) shell.json(found);
      else showVerified(found, shell);
      return found.damaged.length > 0 ? EXIT.failed : EXIT.completed;
    }),
  );
}

async function verifyEveryRun(client: CairnClient, options: ApiOptions, shell: Shell): Promise<number> {
  const { checked, bytes: size, damaged } = await verifyStore(client);
  const runs = await verifyRuns(client, damaged, shell.controller.signal);
  if (options.json) shell.json({ checked, bytes: size, runs });
  else showVerifiedRuns({ checked, bytes: size, runs }, shell);
  return runs.damaged.length > 0 ? EXIT.failed : EXIT.completed;
}

/** All of the store; what it finds has all that the API tells of it. */
async function verifyStore(client: CairnClient): Promise<Verified & { damaged: readonly DamagedBlob[] }> {
  let checked = 0;
  let size = 0;
  const damaged: DamagedBlob[] = [];
  let after: string | undefined;
  do {
    const page = await client.verifyStore({ after });
    checked += page.checked;
    size += page.bytes;
    damaged.push(...page.damaged);
    after = page.next;
  } while (after !== undefined);
  return { checked, bytes: size, damaged };
}

function brief({ checked, bytes: size, damaged }: Verified): Verified {
  const shown = damaged.map(({ digest, problem, artifactIds, runIds }) => ({
    digest,
    problem,
    artifactIds,
    runIds,
  }));
  return { checked, bytes: size, damaged: shown };
}

async function verifyRun(client: CairnClient, runId: string, signal: AbortSignal): Promise<Verified> {
  let size = 0;
  const damaged: Damage[] = [];
  const artifacts = await artifactsOf(client, runId);
  for (const artifact of artifacts) {
    const read = await readWhole(client, artifact, signal);
    if (typeof read === 'number') size += read;
    else {
      const { id, contentHash: digest } = artifact;
      damaged.push({ digest, problem: read, artifactIds: [id], runIds: [runId] });
    }
  }
  return { checked: artifacts.length, bytes: size, damaged };
}

/** Reads an artifact. @returns how many bytes it has, or what is wrong with them */
async function readWhole(
  client: CairnClient,
  artifact: Artifact,
  signal: AbortSignal,
): Promise<number | Damage['problem']> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { digest, bytes: size } = await readThrough(client, artifact, signal);
      return digest === artifact.contentHash ? size : 'corrupt';
    } catch (error) {
      signal.throwIfAborted();
      const code = error instanceof CairnApiError ? error.code : undefined;
      // Bytes that turn out to be wrong on their way are cut off there, and dropped.
      if (code === 'ARTIFACT_LOST') return attempt === 1 ? 'missing' : 'corrupt';
      if (code === 'ARTIFACT_CORRUPT') return 'corrupt';
      if (code !== undefined || attempt === 2) throw error;
    }
  }
}

const COLUMNS = [{ title: 'digest' }, { title: 'problem' }, { title: 'artifact' }, { title: 'run' }] as const;

function showVerified({ checked, bytes: size, damaged }: Verified, { screen }: Shell): void {
  const { green, red } = screen.colours;
  const read = `${counted(checked, 'file')} read, ${bytes(size)}`;
  if (damaged.length === 0) return screen.line(`  ${green('✔')} ${read}: every byte is what its digest says`);
  screen.line(`  ${red('✖')} ${read}: ${counted(damaged.length, 'file')} damaged\n`);
  const rows = damaged.map(({ digest, problem, artifactIds, runIds }) => [
    shortDigest(digest),
    red(problem),
    withMore(artifactIds),
    withMore(runIds),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  screen.line('\n  Run these workflows again: steps whose files are damaged are executed again.');
}

const withMore = ([first = '', ...more]: readonly string[]) =>
  more.length > 0 ? `${first} and ${more.length} more` : first;
