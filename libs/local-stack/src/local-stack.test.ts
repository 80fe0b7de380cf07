// Real PostgreSQL, real Temporal dev server, in homes of their own.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack, LocalStackOptions } from './local-stack.js';
import { startLocalStack } from './start-local-stack.js';
import { temporalProblem } from './temporal-ready.js';
import { occupy, scratchFolder, sql, untilGone } from './testing/scratch.js';

const TIMEOUT_MS = 60_000;

let scratch: ReturnType<typeof scratchFolder>;
let stacks: LocalStack[];
let lines: string[];

/**
 * Lets a home remember ports that no other test file asks for: each of them would take the usual ones the moment
 * that a test here lets go of its own. Below the ports that systems give to outgoing connections.
 */
function rememberPorts(home: string): void {
  const postgres = 20_000 + Math.floor(Math.random() * 11_000);
  const ports = { postgres, temporal: postgres + 300, temporalUi: postgres + 600 };
  writeFileSync(join(home, 'stack.json'), JSON.stringify({ ports }));
  // As root the stack opens only an empty home to the user of PostgreSQL; this one is not empty any more.
  chmodSync(home, 0o755);
}

beforeEach(() => {
  scratch = scratchFolder();
  rememberPorts(scratch.folder);
  stacks = [];
  lines = [];
});

afterEach(async () => {
  const pids = stacks.filter(stack => !stack.shared).flatMap(pidsOf);
  for (const stack of stacks) await stack.stop();
  await untilGone(pids);
  scratch.remove();
});

async function start(options: Partial<LocalStackOptions> = {}): Promise<LocalStack> {
  const log = (line: string) => void lines.push(line);
  const stack = await startLocalStack({ home: scratch.folder, durable: false, log, ...options });
  stacks.push(stack);
  return stack;
}

function pidsOf(stack: LocalStack): number[] {
  return [stack.postgres.pid, stack.temporal.pid].filter(pid => pid !== undefined);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

describe('a local stack', () => {
  test(
    'keeps its data, addresses and search attributes over a restart',
    async () => {
      const first = await start({
        temporalNamespace: 'earlier',
        searchAttributes: { CairnRunId: 'Keyword' },
      });
      await sql(first.databaseUrl, "CREATE TABLE kept AS SELECT 'Zürich' AS name");
      const [postgresPid, temporalPid] = pidsOf(first);
      await first.stop();
      await untilGone([postgresPid ?? 0, temporalPid ?? 0]);

      const second = await start({ searchAttributes: { CairnRunId: 'Keyword', CairnTenant: 'Keyword' } });

      expect(await sql(second.databaseUrl, 'SELECT name FROM kept')).toEqual([['Zürich']]);
      expect(await temporalProblem(second.temporalAddress, 'earlier')).toBe(undefined);
      expect(await temporalProblem(second.temporalAddress, 'never-made')).toBe(
        'it has no namespace never-made',
      );
      expect([second.databaseUrl, second.temporalAddress, second.temporalUiUrl]).toEqual([
        first.databaseUrl,
        first.temporalAddress,
        first.temporalUiUrl,
      ]);
      expect(lines).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'takes other ports, with its data, when its own are taken',
    async () => {
      const first = await start();
      await sql(first.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      await first.stop();
      const ports = [
        portOf(first.databaseUrl),
        portOf(`http://${first.temporalAddress}`),
        portOf(first.temporalUiUrl ?? ''),
      ];
      const occupants = await Promise.all(ports.map(occupy));
      try {
        const second = await start();
        const others = [
          second.databaseUrl,
          `http://${second.temporalAddress}`,
          second.temporalUiUrl ?? '',
        ].map(portOf);
        expect(others.filter(port => ports.includes(port))).toEqual([]);
        expect(await sql(second.databaseUrl, 'SELECT one FROM kept')).toEqual([[1]]);
        expect((await fetch(second.temporalUiUrl ?? '')).status).toBe(200);
      } finally {
        for (const occupant of occupants) occupant.close();
      }
    },
    TIMEOUT_MS,
  );

  test(
    'tells of a part that crashed, with what killed it, and starts it again',
    async () => {
      const stack = await start();
      await sql(stack.databaseUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
      const crashes: string[][] = [];
      const crashed = new Promise<void>(resolve => {
        stack.onCrash((part, detail) => {
          crashes.push([part, detail.split(';')[0] ?? '']);
          if (crashes.length === 2) resolve();
        });
      });
      for (const pid of pidsOf(stack)) process.kill(pid, 'SIGKILL');
      await crashed;
      expect(crashes.sort()).toEqual([
        ['postgres', 'killed by SIGKILL'],
        ['temporal', 'killed by SIGKILL'],
      ]);

      await stack.restart('postgres');
      await stack.restart('temporal');

      expect(await sql(stack.databaseUrl, 'SELECT one FROM kept')).toEqual([[1]]);
      expect(await temporalProblem(stack.temporalAddress, 'default')).toBe(undefined);
    },
    TIMEOUT_MS,
  );

  test(
    'is started once when two start at the same time',
    async () => {
      const both = await Promise.all([start(), start()]);
      expect(both.map(stack => stack.shared).sort()).toEqual([false, true]);
      expect(both[0].databaseUrl).toBe(both[1].databaseUrl);
      expect(pidsOf(both[0])).toEqual(pidsOf(both[1]));
    },
    TIMEOUT_MS,
  );

  test(
    'leaves nothing running when its start is cancelled',
    async () => {
      const cancel = new AbortController();
      const starting = start({ signal: cancel.signal });
      await delay(0);
      cancel.abort();
      await expect(starting).rejects.toMatchObject({ code: 'STACK_START_CANCELLED' });
      const next = await start();
      expect(next.shared).toBe(false);
      expect(lines).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test('says so in one line when its home cannot be used', async () => {
    writeFileSync(join(scratch.folder, 'file'), '');
    await expect(start({ home: join(scratch.folder, 'file') })).rejects.toMatchObject({
      code: 'HOME_UNUSABLE',
      message: expect.stringMatching(
        /^CAIRN_HOME .* cannot be used \(EEXIST: .*\): set CAIRN_HOME to a folder/,
      ),
    });
  });

  test('starts nothing when both parts are run by someone else', async () => {
    const stack = await start({ databaseUrl: 'postgresql://db/x', temporalAddress: 'temporal:7233' });
    expect([stack.postgres, stack.temporal]).toEqual([{ runBy: 'someone else' }, { runBy: 'someone else' }]);
    expect([stack.databaseUrl, stack.temporalAddress]).toEqual(['postgresql://db/x', 'temporal:7233']);
  });

  test(
    'starts PostgreSQL alone when Temporal is run by someone else, and refuses to share what it does not run',
    async () => {
      const stack = await start({ temporalAddress: 'temporal:7233' });
      expect(await sql(stack.databaseUrl, 'SHOW server_encoding')).toEqual([['UTF8']]);
      expect(stack.temporal).toEqual({ runBy: 'someone else' });
      await expect(start()).rejects.toMatchObject({
        code: 'STACK_IN_USE',
        message: expect.stringContaining('set TEMPORAL_ADDRESS as it does, or another CAIRN_HOME'),
      });
    },
    TIMEOUT_MS,
  );
});
