import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY, SMALL } from '../support/campaign.js';
import { waitUntil } from '../support/wait-until.js';
import { blocksOf, type Block } from './blocks.js';

/** How a block came out; output is what it wrote to either stream. */
export interface Outcome {
  readonly exitCode: number | string;
  readonly output: string;
}

/** Somebody who has typed `npm start`, and types what the docs say in another terminal. */
export interface Newcomer {
  /** Where the API that the first start serves answers. */
  readonly apiUrl: string;
  /** What the first start has said. */
  readonly firstStart: () => string;
  /** Runs shell as it is written; the same text once only, however many pages it is on. */
  run(shell: string): Promise<Outcome>;
  /** Ctrl-C at the first start, and all else is removed. @returns its exit code */
  leave(): Promise<number | string | null>;
}

/** A start ends with its run, and the reader's own `out` is left alone. */
const PRELUDE = `npm() {
  if [ "$1 \${2-}" = 'start --' ]; then set -- "$@" --once --out "$DOCS_OUT"; fi
  command npm "$@"
}
`;

const CARNIVAL = 'examples/paper-carnival.json';

/**
 * Starts Cairn with the example campaign, as the README says to, and waits until it serves. It brings its own servers,
 * not those of the test run: only such a start is shared by those that follow.
 */
export async function startNewcomer(): Promise<Newcomer> {
  const scratch = mkdtempSync(join(tmpdir(), 'cairn-docs-'));
  // Root's PostgreSQL runs as somebody else, who must get to its folder.
  chmodSync(scratch, 0o711);
  const folder = projectOf(join(scratch, 'project'));
  const env: NodeJS.ProcessEnv = {
    ...inherited(),
    CAIRN_HOME: join(scratch, 'home'),
    CAIRN_PORT: '0',
    DOCS_OUT: join(scratch, 'out'),
  };
  const main = join(REPOSITORY, 'apps/cli/dist/main.js');
  const first = spawn(process.execPath, [main, 'up', '--out', join(scratch, 'out')], { cwd: folder, env });
  let said = '';
  for (const stream of [first.stdout, first.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  const exit = new Promise<number | string | null>(resolve =>
    first.once('close', (code, signal) => resolve(code ?? signal)),
  );
  await waitUntil(
    'the example campaign is served',
    () => {
      if (first.exitCode !== null) throw new Error(`npm start ended:\n${said}`);
      return said.includes('Serving until Ctrl-C');
    },
    240_000,
  ).catch((error: unknown) => {
    first.kill('SIGKILL');
    throw error;
  });
  const apiUrl = /API (http:\S+) and a worker/.exec(said)?.[1] ?? '';
  const outcomes = new Map<string, Promise<Outcome>>();
  return {
    apiUrl,
    firstStart: () => said,
    run: shell => {
      // The first start knows its own catalog only; the docs say to end it before one with another.
      const home = shell.startsWith('CAIRN_CATALOG=') ? { CAIRN_HOME: join(scratch, 'home-2') } : {};
      const outcome = outcomes.get(shell) ?? bash(shell, folder, { ...env, CAIRN_URL: apiUrl, ...home });
      outcomes.set(shell, outcome);
      return outcome;
    },
    leave: async () => {
      first.kill('SIGINT');
      const code = await exit;
      await rm(scratch, { recursive: true, force: true });
      return code;
    },
  };
}

/** Without what the npm and the jest that run this test tell theirs. */
export function inherited(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|INIT_CWD$|NODE_OPTIONS$|CAIRN_|TEMPORAL_|DATABASE_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function bash(shell: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise(resolve => {
    execFile('bash', ['-euo', 'pipefail', '-c', PRELUDE + shell], { cwd, env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? error.signal ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/**
 * The project's folder as links, where commands find the files they name. Rendering videos of full size once is
 * enough, and the first start does; the other campaigns have small ones here.
 */
function projectOf(folder: string): string {
  mkdirSync(join(folder, 'examples'), { recursive: true });
  const own = ['examples', 'out', '.cairn', CARNIVAL];
  const linkAll = (below: string) => {
    for (const name of readdirSync(join(REPOSITORY, below)).map(one => join(below, one)))
      if (!own.includes(name)) symlinkSync(join(REPOSITORY, name), join(folder, name));
  };
  linkAll('');
  linkAll('examples');
  const small = (name: string, json: string) => {
    const trigger = { ...(JSON.parse(json) as object), video: SMALL.video, audio: SMALL.audio };
    writeFileSync(join(folder, name), JSON.stringify(trigger));
  };
  small(CARNIVAL, readFileSync(join(REPOSITORY, CARNIVAL), 'utf8'));
  // The least a trigger may be, as the page for campaign teams shows it.
  small('my-campaign.json', blocksOf('docs/campaign-teams.md').find(isJson)?.text ?? '');
  return folder;
}

const isJson = ({ language }: Block) => language === 'json';
