import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { findTemporalBinary } from '@cairn/local-stack';
import { REPOSITORY } from '../support/campaign.js';
import { startCluster, type Cluster, type ClusterServers } from '../support/cluster/cluster.js';
import { serverPrograms } from '../support/cluster/server-programs.js';
import { environmentOf, readCompose, type Compose } from '../support/compose.js';
import { findings } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

const OPERATOR_KEY = 'operator-key-of-the-test-'.padEnd(40, 'k');
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** docker-compose.yml with the secrets of the servers of this test. */
function composeFor({ databaseUrl }: Pick<ClusterServers, 'databaseUrl'>): Compose {
  return readCompose({
    POSTGRES_PASSWORD: new URL(databaseUrl).password,
    S3_SECRET_KEY: process.env['AWS_SECRET_ACCESS_KEY']!,
    CAIRN_OPERATOR_KEY: OPERATOR_KEY,
  });
}

/** The environment of a service of docker-compose.yml, with the servers where they are here. */
function environmentHere(name: string, servers: ClusterServers): Record<string, string> {
  const places = {
    'postgres:5432': new URL(servers.databaseUrl).host,
    'temporal:7233': servers.temporalAddress,
    's3:7070': new URL(servers.s3Endpoint).host,
  };
  return Object.fromEntries(
    Object.entries(environmentOf(composeFor(servers), name)).map(([variable, value]) => [
      variable,
      Object.entries(places).reduce((text, [from, to]) => text.replace(from, to), value),
    ]),
  );
}

async function makeApiKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/tenants/local/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'cluster', role: 'runner' }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { key: string }).key;
}

// Two APIs and two workers on Temporal's full server and S3, each a process of its own, with the environment that
// docker-compose.yml gives them.
let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    env: { CAIRN_CATALOG: join(REPOSITORY, 'test/fixtures/catalog.json'), CAIRN_LEASE: '3s' },
    envOf: environmentHere,
    makeApiKey,
    durable: false,
    say,
  });
  // The first time, Temporal's server is built.
}, 900_000);
afterAll(() => cluster?.stop());

const startAt = async (api: number, trigger: object): Promise<Run> =>
  (await cluster.clients[api]!.startRun({ workflow: 'toy.diamond', trigger })).run;
const endedAt = (api: number, { id }: Run) => cluster.clients[api]!.waitForRun(id, { deadlineMs: 120_000 });

test('a run that is started at one API is read at the other, and the second like it is all hits', async () => {
  const first = await endedAt(1, await startAt(0, { name: 'cluster' }));
  expect(first.steps.map(({ stepId, status }) => `${stepId} ${status}`)).toEqual(
    ['first', 'left', 'right', 'last'].map(step => `${step} completed`),
  );
  const second = await endedAt(0, await startAt(1, { name: 'cluster' }));
  expect(second.steps.map(({ reason }) => reason)).toEqual(first.steps.map(() => 'cache_hit'));
}, 60_000);

test('without a key, nobody is let in', async () => {
  expect((await fetch(`${cluster.urls[0]}/v1/runs`)).status).toBe(401);
});

test('with an API and a worker killed, runs that were under way on both workers complete', async () => {
  const runs: Run[] = [];
  /** The processes that execute a waiting toy. */
  const executing = () =>
    runs.flatMap((_, index) => {
      const file = join(cluster.home, 'marks', `held ${index}.process`);
      return existsSync(file) ? [Number(readFileSync(file, 'utf8'))] : [];
    });
  const workers = () => cluster.workers.map(({ pid }) => pid);
  while (!workers().every(pid => executing().includes(pid!)) && runs.length < 12) {
    runs.push(await startAt(runs.length % 2, { name: `held ${runs.length}`, mode: 'wait' }));
    await waitUntil('it is executed', () => executing().length === runs.length);
  }
  expect(new Set(executing())).toEqual(new Set(workers()));

  await Promise.all([cluster.apis[1]!.end('SIGKILL'), cluster.workers[0]!.end('SIGKILL')]);
  runs.push(await startAt(0, { name: 'afterwards' }));
  runs.forEach((_, index) => cluster.release(`held ${index}`));
  const after = await Promise.all(runs.map(run => endedAt(0, run)));
  expect(after.map(({ status }) => status)).toEqual(runs.map(() => 'completed'));
  const { broken } = await findings(cluster);
  expect(broken).toEqual([]);
}, 120_000);

describe('what docker-compose.yml runs', () => {
  /** Runs a service's one command here, with the programs of its image. */
  async function runService(name: string): Promise<string> {
    const bin = join(cluster.home, 'bin');
    if (!existsSync(bin)) {
      mkdirSync(bin);
      symlinkSync((await serverPrograms(say)).sqlTool, join(bin, 'temporal-sql-tool'));
      symlinkSync(await findTemporalBinary({ log: say }), join(bin, 'temporal'));
    }
    const { entrypoint = [], command = [] } = composeFor(cluster).services[name]!;
    const [file = '', ...args] = [...entrypoint, ...command];
    const { host, hostname, port } = new URL(cluster.databaseUrl);
    expect(host).not.toBe('');
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: cluster.home,
      ...environmentHere(name, cluster),
      ...(name === 'temporal-schema' && { SQL_HOST: hostname, SQL_PORT: port }),
    };
    const { stdout, stderr } = await promisify(execFile)(file, args, { env, timeout: 60_000 });
    return stdout + stderr;
  }

  test.each(['temporal-schema', 'temporal-namespace'])(
    '%s does no harm a second time',
    async name => {
      await runService(name);
      expect((await cluster.clients[0]!.readiness()).temporal).toBe('ok');
    },
    60_000,
  );

  test('api and worker: these processes', () => {
    for (const [name, program] of [
      ['api', cluster.apis[0]!],
      ['worker', cluster.workers[1]!],
    ] as const) {
      const [node, script] = composeFor(cluster).services[name]!.command!;
      expect(node).toBe('node');
      const running = readFileSync(`/proc/${program.pid}/cmdline`, 'utf8').split('\0');
      expect(running[1]).toBe(join(REPOSITORY, script!));
    }
  });

  test("the API's health check", async () => {
    const [kind, node, flag, script] = composeFor(cluster).services['api']!.healthcheck!.test;
    expect([kind, node, flag]).toEqual(['CMD', 'node', '-e']);
    const there = script!.replace('http://127.0.0.1:3000', cluster.urls[0]!);
    const dead = script!.replace('http://127.0.0.1:3000', cluster.urls[1]!);
    expect(await Promise.all([exitOf(there), exitOf(dead)])).toEqual([0, 1]);
  });

  function exitOf(script: string): Promise<number | null> {
    return new Promise(resolve =>
      spawn(process.execPath, ['-e', script], { stdio: 'ignore' }).once('close', resolve),
    );
  }
});
