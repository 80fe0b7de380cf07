import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../places.js';
import { RunningCairn, processesLeft, processesOf } from '../testing/start-cairn.js';

// All real: the command as its own process, PostgreSQL, Temporal, the API and a worker, with the hello example.
jest.setTimeout(180_000);

let home: string;
const started: RunningCairn[] = [];
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'cairn-up-'));
});
afterAll(async () => {
  for (const cairn of started) cairn.kill('SIGKILL');
  await processesLeft(home, 20_000);
  rmSync(home, { recursive: true, force: true });
});

const HELLO = ['--workflow', 'hello.world', '--trigger', join(projectFolder, 'examples/hello/trigger.json')];

function cairn(args: readonly string[], env: Record<string, string> = {}): RunningCairn {
  const catalog = join(projectFolder, 'examples/hello/catalog.json');
  const one = new RunningCairn(args, { CAIRN_HOME: home, CAIRN_CATALOG: catalog, ...env });
  started.push(one);
  return one;
}

interface ApiFile {
  readonly url: string;
  readonly ownerPid: number;
}
const apiFile = () => JSON.parse(readFileSync(join(home, 'api.json'), 'utf8')) as ApiFile;

describe('cairn up', () => {
  test('--once does the run, says how it came out and leaves no process', async () => {
    const once = cairn(['up', '--once', ...HELLO]);
    expect([await once.exit, once.output]).toEqual([
      0,
      expect.stringContaining('hello.world is ready: 3 executed'),
    ]);
    expect(await processesLeft(home, 5_000)).toEqual([]);
  });

  test('serves; a second start shares it; what is killed comes back; SIGTERM ends all', async () => {
    const first = cairn(['up', ...HELLO]);
    await first.says('Serving until Ctrl-C');
    expect(first.output).toContain('hello.world is ready: 3 of 3 from cache');
    const { url, ownerPid } = apiFile();
    expect((await fetch(`${url}/livez`)).status).toBe(200);

    const second = cairn(['up', '--json', ...HELLO]);
    expect([await second.exit, second.output]).toEqual([
      0,
      expect.stringContaining(`API ${url} of that start`),
    ]);
    expect(apiFile().ownerPid).toBe(ownerPid);
    expect(JSON.parse(second.stdout)).toMatchObject({ run: { status: 'completed' } });

    const workers = processesOf(home).filter(([, command]) => command.includes('worker/dist/main.js'));
    expect(workers).toHaveLength(1);
    process.kill(workers[0]![0], 'SIGKILL');
    await first.says('The worker is back');

    const { running } = JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as {
      running: { temporalPid: number };
    };
    process.kill(running.temporalPid, 'SIGKILL');
    await first.says('Temporal is back');

    first.kill('SIGTERM');
    expect(await first.exit).toBe(143);
    expect(await processesLeft(home, 5_000)).toEqual([]);
  });

  test('kill -9 leaves no process either', async () => {
    const killed = cairn(['up', ...HELLO]);
    await killed.says('Serving until Ctrl-C');
    killed.kill('SIGKILL');
    expect(await killed.exit).toBe('SIGKILL');
    expect(await processesLeft(home, 30_000)).toEqual([]);
  });

  test('a port that CAIRN_PORT asks for and somebody has is one line, and nothing is left running', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const refused = cairn(['up', '--once', ...HELLO], { CAIRN_PORT: String(port) });
    expect(await refused.exit).toBe(1);
    expect(refused.output).toContain(
      `✖ Port ${port} of 127.0.0.1, which CAIRN_PORT asks for, is taken: set another one, or 0 for any\n`,
    );
    expect(await processesLeft(home, 5_000)).toEqual([]);
    await new Promise(resolve => server.close(resolve));
  });

  test.each([
    [['up', '--onse'], {}, "✖ unknown option '--onse'"],
    [['up', '--trigger', '/nowhere.json'], {}, '✖ There is no trigger file /nowhere.json'],
    [['up'], { CAIRN_PORT: 'http' }, '✖ CAIRN_PORT is "http"'],
  ])('%j with %j ends with exit code 2 before anything is started', async (args, env, message) => {
    const refused = cairn(args, env);
    expect([await refused.exit, refused.output]).toEqual([2, expect.stringContaining(message)]);
    expect(processesOf(home)).toEqual([]);
  });
});
