// The page for somebody's first skill is followed from the beginning to the end: what it says to write is written, what
// it says to type is typed, in a home folder that has nothing but a Cairn.
import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@cairn/dao/testing';
import { REPOSITORY } from '../support/campaign.js';
import { temporalAddress } from '../support/cairn.js';
import { waitUntil } from '../support/wait-until.js';
import { blocksOf, patternsOf, type Block } from './blocks.js';
import { inherited } from './newcomer.js';

jest.setTimeout(120_000);

const PAGE = 'docs/first-skill.md';
const story = blocksOf(PAGE).filter(({ language, file }) => language === 'sh' || file !== undefined);
/** It serves until Ctrl-C; the rest is typed in a second terminal. */
const serves = ({ text }: Block) => text.includes('cairn up ');

let home: string;
let database: TestDatabase;
let env: NodeJS.ProcessEnv;
let server: ChildProcess | undefined;
/** By the server. */
let said = '';

beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'cairn-first-')));
  database = await createTestDatabase();
  symlinkSync(REPOSITORY, join(home, 'cairn'));
  env = {
    ...inherited(),
    HOME: home,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    CAIRN_HOME: join(home, 'state'),
    CAIRN_PORT: '0',
    CAIRN_TASK_QUEUE: `first-${process.pid}`,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
  };
});
afterAll(async () => {
  if (server && server.exitCode === null && server.signalCode === null) signal(server, 'SIGKILL');
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

test.each(story)('$at', async block => {
  const { file, text, prints = '' } = block;
  if (file !== undefined) return write(file, text);
  const output = serves(block) ? await serve(text) : await type(text);
  for (const pattern of patternsOf(prints)) expect(output).toMatch(pattern);
});

test('Ctrl-C ends it', async () => {
  const ended = new Promise(resolve => server?.once('close', resolve));
  signal(server!, 'SIGINT');
  await ended;
  expect(said).toContain('Ending (SIGINT)');
});

function write(file: string, text: string): void {
  const path = file.replace(/^~/, home);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** @returns what it wrote to either stream, with the home folder as it is typed. */
async function type(shell: string): Promise<string> {
  const { exitCode, output } = await new Promise<{ exitCode: unknown; output: string }>(resolve => {
    execFile('bash', ['-euo', 'pipefail', '-c', shell], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error ? (error.code ?? error.signal) : 0, output: stdout + stderr }),
    );
  });
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
  return output;
}

async function serve(shell: string): Promise<string> {
  // In a group of its own, to be ended as a terminal does it: the whole group is told.
  server = spawn('bash', ['-euo', 'pipefail', '-c', shell], { env, detached: true });
  for (const stream of [server.stdout!, server.stderr!])
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  await waitUntil(
    'the workflow has run and is served',
    () => {
      if (server?.exitCode !== null) throw new Error(`cairn up ended:\n${said}`);
      return said.includes('Serving until Ctrl-C');
    },
    60_000,
  );
  return said;
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  process.kill(-pid!, name);
}
