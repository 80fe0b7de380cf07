import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Artifact, Run } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { findings } from '../support/records.js';

/** So many runs at least, and more until there was a race: a busy machine collects seldom. */
const RUNS = { least: 200, most: 800 };
/** So many blobs and entries are removed at least while runs are under way. */
const REMOVED = 20;
/** Started and not yet ended, at most. */
const AT_ONCE = 30;

let cairn: Cairn;
beforeAll(async () => {
  cairn = await startCairn({ env: { CAIRN_COLLECT_EVERY: '0' } });
  await cairn.startWorker();
}, 90_000);
afterAll(() => cairn?.stop());

/**
 * What the n-th run is about: what nobody else wants; what others want at once, or again and again; or what is
 * wanted, deleted by all who wanted it, and wanted again.
 */
function nameOf(n: number): string {
  if (n % 5 === 0) return `alone ${n}`;
  if (n % 5 === 1) return `at once ${Math.floor(n / AT_ONCE)}`;
  if (n % 5 === 2) return `again ${n % 20}`;
  return `comes and goes ${n % 7}`;
}
/** Whether the n-th run is deleted when it is done. */
const isDeleted = (n: number) => nameOf(n).startsWith('comes and goes') || n % 4 === 3;

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
/** The digests of what a run makes, by step and output. */
function expectedOf(name: string): Record<string, string> {
  const texts = { first: name, left: name, right: `${name} end`, last: `${name} | ${name} end` };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([step, text]) => [
      [`${step} note`, digestOf(`{"label":"${step}","text":"${text}"}`)],
      [`${step} page`, digestOf(`${text}\n`)],
    ]),
  );
}
async function artifactsOf(run: Run): Promise<readonly Artifact[]> {
  const all: Artifact[] = [];
  for await (const artifact of cairn.client.runArtifacts(run.id)) all.push(artifact);
  return all;
}
async function executeRun(n: number): Promise<Run> {
  const { run } = await cairn.client.startRun({ workflow: 'toy.diamond', trigger: { name: nameOf(n) } });
  const after = await cairn.client.waitForRun(run.id, { deadlineMs: 180_000 });
  if (isDeleted(n)) await cairn.client.deleteRun(run.id);
  return after;
}
/** Does work for 0, 1, 2 … as long as more is wanted, so many at once. */
async function eachAtOnce<T>(
  isWanted: (n: number) => boolean,
  atOnce: number,
  work: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (isWanted(next)) {
      const n = next++;
      results[n] = await work(n);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

test('collections without grace and evictions beside hundreds of runs: no byte that is needed is lost', async () => {
  const began = performance.now();
  let ended = false;
  const collected = { collections: 0, blobs: 0, evicted: 0 };
  const isRaced = () => Math.min(collected.blobs, collected.evicted) > REMOVED;
  const isWanted = (n: number) => n < RUNS.least || (n < RUNS.most && !isRaced());
  const executing = eachAtOnce(isWanted, AT_ONCE, executeRun).finally(() => (ended = true));
  const collecting = (async () => {
    while (!ended) {
      const { blobs } = await cairn.client.collectStore({ grace: '0' });
      collected.collections += 1;
      collected.blobs += blobs.count;
      const which = collected.collections % 4;
      if (which % 2 === 1) continue;
      const filter = which === 0 ? { all: true as const } : { stepId: 'first' };
      collected.evicted += (await cairn.client.evictCacheEntries(filter)).evicted;
    }
  })();
  const [runs] = await Promise.all([executing, collecting]);
  const executed = performance.now();
  expect(runs.filter(({ status }) => status !== 'completed')).toEqual([]);
  // Otherwise there was no race.
  expect([collected, isRaced()]).toEqual([collected, true]);

  const kept = runs.flatMap((run, n) => (isDeleted(n) ? [] : [{ run, name: nameOf(n) }]));
  const readable = new Map<string, Artifact>();
  await eachAtOnce(
    n => n < kept.length,
    8,
    async n => {
      const { run, name } = kept[n]!;
      const artifacts = await artifactsOf(run);
      for (const artifact of artifacts) readable.set(artifact.contentHash, artifact);
      const digests = artifacts.map(({ stepId, name: output, contentHash }) => [
        `${stepId} ${output}`,
        contentHash,
      ]);
      expect(Object.fromEntries(digests)).toEqual(expectedOf(name));
    },
  );
  const distinct = [...readable.values()];
  await eachAtOnce(
    n => n < distinct.length,
    8,
    async n => {
      const { id, contentHash } = distinct[n]!;
      const { stream } = await cairn.client.download(id);
      expect(digestOf(await new Response(stream).text())).toBe(contentHash);
    },
  );
  const [deleted] = await cairn.dataSource.query<[{ runs: number }]>(
    `SELECT count(*)::int AS "runs" FROM "run"`,
  );
  expect(deleted.runs).toBe(kept.length);
  expect((await findings(cairn)).broken).toEqual([]);

  await cairn.client.collectStore({ grace: '0' });
  expect(await findings(cairn)).toEqual({ broken: [], orphans: [], remains: [] });
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(
    `${runs.length} runs in ${seconds(began, executed)}, looked through in ${seconds(executed, performance.now())};` +
      ` ${collected.collections} collections removed ${collected.blobs} blobs, ${collected.evicted} entries were evicted`,
  );
}, 300_000);
