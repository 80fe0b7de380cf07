import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../errors.js';
import { SupervisedProgram } from './supervised-program.js';

// Real child processes, of programs as small as these.
const READY = `process.send({ kind: 'ready', url: 'http://127.0.0.1:1' }); process.on('disconnect', () => process.exit(0));`;

let folder: string;
let ending: AbortController;
let said: string[];
let heard: (line: string) => void;
let gaveUp: Promise<CliError>;
let giveUp: (error: CliError) => void;
const programs: SupervisedProgram[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn child '));
  ending = new AbortController();
  said = [];
  heard = () => undefined;
  gaveUp = new Promise(resolve => (giveUp = resolve));
});
afterEach(async () => {
  ending.abort();
  await Promise.all(programs.splice(0).map(program => program.stop()));
  await rm(folder, { recursive: true });
});

/** Resolves with the line when it is said. */
const saying = (text: string) =>
  new Promise<string>(resolve => {
    heard = line => line.includes(text) && resolve(line);
  });

async function program(
  code: string,
  env: Record<string, string> = {},
  pauseMs = 500,
): Promise<SupervisedProgram> {
  const file = join(folder, 'program.mjs');
  await writeFile(file, code);
  const made = new SupervisedProgram(
    { name: 'API', file, env: { PATH: process.env.PATH, ...env }, logFile: join(folder, 'logs', 'api.log') },
    {
      say: line => {
        said.push(line);
        heard(line);
      },
      gaveUp: error => giveUp(error),
      pauseMs,
      signal: ending.signal,
    },
  );
  programs.push(made);
  return made;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a supervised program', () => {
  test('tells its address when it is ready, and is gone after stop', async () => {
    const api = await program(READY);
    expect(await api.start()).toEqual({ url: 'http://127.0.0.1:1' });
    const pid = api.pid!;
    await api.stop();
    expect(isAlive(pid)).toBe(false);
    expect(said).toEqual([]);
  });

  test('that ends before it is ready is an error with the end of its log', async () => {
    const api = await program(`console.log('port taken'); process.exit(4);`);
    const error = await api.start().catch((thrown: unknown) => thrown as CliError);
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).message).toBe(
      `The API did not start (exit code 4); its log is ${join(folder, 'logs', 'api.log')}`,
    );
    expect((error as CliError).details).toEqual(['port taken']);
  });

  test('that is killed is started again, and says so', async () => {
    const api = await program(READY);
    await api.start();
    const pid = api.pid!;
    const back = saying('is back');
    process.kill(pid, 'SIGKILL');
    expect(await back).toBe('The API is back');
    expect(said[0]).toBe('The API has ended (SIGKILL); starting it again in 0.5 s');
    expect(api.pid).not.toBe(pid);
  });

  test('that keeps ending is given up, with its log', async () => {
    const api = await program(
      `${READY} setTimeout(() => { console.log('no luck'); process.exit(4); }, 50);`,
      {},
      1,
    );
    await api.start();
    const error = await gaveUp;
    expect(error.message).toBe(
      `The API keeps ending (exit code 4); its log is ${join(folder, 'logs', 'api.log')}`,
    );
    expect(error.details).toEqual(['no luck']);
    expect(said.filter(line => line.includes('starting it again'))).toHaveLength(6);
  });

  test('is not started again while all is ending', async () => {
    const api = await program(READY);
    await api.start();
    const pid = api.pid!;
    ending.abort();
    process.kill(pid, 'SIGKILL');
    await api.stop();
    expect(said).toEqual([]);
  });

  test('gets the settings of later starts', async () => {
    const api = await program(`console.log('port', process.env.PORT); ${READY}`, { PORT: '1' });
    await api.start();
    api.use({ PORT: '2' });
    await api.restart();
    expect(await readFile(join(folder, 'logs', 'api.log'), 'utf8')).toBe('port 1\nport 2\n');
  });

  test.each([
    ['while a new start is awaited', 3],
    ['while another restart is under way', 4],
  ])('that is restarted %s runs once', async (when, children) => {
    const api = await program(`console.log(process.pid); ${READY}`, {}, 1);
    await api.start();
    if (children === 4) await Promise.all([api.restart(), api.restart()]);
    else {
      const ended = saying('starting it again');
      process.kill(api.pid!, 'SIGKILL');
      await ended;
      await api.restart();
    }
    // By the time that one more has come up, a child too many would have written its line.
    await api.restart();
    const log = await readFile(join(folder, 'logs', 'api.log'), 'utf8');
    const pids = log.trim().split('\n').map(Number);
    expect([when, pids.length, pids.filter(isAlive)]).toEqual([when, children, [api.pid]]);
    expect(said.filter(line => line.includes('is back'))).toEqual([]);
  });

  test('that obeys no signal is ended all the same', async () => {
    const api = await program(
      `process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); ${READY}`,
    );
    await api.start();
    const pid = api.pid!;
    api.kill();
    await api.stop();
    expect(isAlive(pid)).toBe(false);
  });
});
