import { startCairn, type Cairn } from '../support/cairn.js';
import { inTurn, millisecondsOf } from './in-turn.js';
import { fill, type Filling } from './lists/fill.js';
import { scansOf } from './lists/scans.js';
import { print } from './report.js';
import { spreadOf } from './spread.js';

/**
 * Lists and single runs, over HTTP: with 100,000 runs and 900,000 steps, nine in ten of one tenant, against 1,000 runs of
 * that tenant alone. Two databases on one server, each with an API of its own.
 */
const MANY: Filling = { runs: Number(process.env['CAIRN_BENCH_RUNS'] ?? 100_000), share: 0.9 };
const FEW: Filling = { runs: 1_000, share: 1 };
/** Asked for by name, e.g. `GET /v1/runs?limit=50&…`. */
const PAGE = 50;

const MODEL = 'a model of all the others';

/** An instance, filled, and what is asked of it. */
interface Side {
  readonly cairn: Cairn;
  readonly ids: readonly string[];
  /** Where nine tenths of the list are passed. */
  readonly deep: string;
}

async function get(
  side: Pick<Side, 'cairn'>,
  path: string,
): Promise<{ items?: { id: string }[]; nextCursor?: string }> {
  const response = await fetch(`${side.cairn.url}${path}`);
  const body = (await response.json()) as { items?: { id: string }[]; nextCursor?: string };
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}

async function filled(cairn: Cairn, filling: Filling): Promise<Side> {
  const trigger = { value: MODEL, pause: 0 };
  const { run } = await cairn.client.startRun({ workflow: 'bench.levels', trigger });
  await cairn.client.waitForRun(run.id, { deadlineMs: 60_000 });
  const begun = performance.now();
  await fill(cairn.dataSource, run.id, filling);
  console.log(`${filling.runs} runs recorded in ${Math.round((performance.now() - begun) / 1_000)} s`);
  const ids: string[] = [];
  let deep = '';
  for (
    let next: string | undefined = '', seen = 0;
    next !== undefined && seen < 0.9 * filling.share * filling.runs;
  ) {
    const page = await get({ cairn }, `/v1/runs?limit=200${next && `&cursor=${encodeURIComponent(next)}`}`);
    ids.push(page.items![seen % page.items!.length]!.id);
    seen += page.items!.length;
    next = page.nextCursor;
    deep = next ?? deep;
  }
  return { cairn, ids, deep };
}

const ASKED: Readonly<Record<string, (side: Side, round: number) => string>> = {
  'first page': () => `/v1/runs?limit=${PAGE}`,
  'deep page': ({ deep }) => `/v1/runs?limit=${PAGE}&cursor=${encodeURIComponent(deep)}`,
  'by status': () => `/v1/runs?limit=${PAGE}&status=failed`,
  'by a rare status': () => `/v1/runs?limit=${PAGE}&status=cancelled`,
  'by workflow': () => `/v1/runs?limit=${PAGE}&workflow=bench.levels`,
  'one run': ({ ids }, round) => `/v1/runs/${ids[round % ids.length]}`,
};

/** What else reads the records: a run out of the cache and another that is executed, usage, a collection's forecast. */
async function useIt({ client, url }: Cairn): Promise<void> {
  for (const value of [MODEL, 'another']) {
    const { run } = await client.startRun({ workflow: 'bench.levels', trigger: { value, pause: 0 } });
    const { status } = await client.waitForRun(run.id, { deadlineMs: 60_000 });
    if (status !== 'completed') throw new Error(`the run of ${value} is ${status}`);
  }
  for (const [path, body] of [
    ['usage', undefined],
    ['collections', JSON.stringify({ dryRun: true })],
  ] as const) {
    const init = body && { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const begun = performance.now();
    const response = await fetch(`${url}/v1/store/${path}`, init || {});
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    console.log(`/v1/store/${path}: ${Math.round(performance.now() - begun)} ms`);
  }
}

const settings = { catalog: 'bench', env: { CAIRN_COLLECT_EVERY: '0' } } as const;
const cairns: Cairn[] = [];
try {
  for (let side = 0; side < 2; side += 1) cairns.push(await startCairn(settings));
  const [many, few] = [await filled(cairns[0]!, MANY), await filled(cairns[1]!, FEW)];
  const before = await scansOf(many.cairn.dataSource, 'run_step');
  for (const [name, path] of Object.entries(ASKED)) {
    const ask = (side: Side) => (round: number) => millisecondsOf(() => get(side, path(side, round)));
    const { ours, theirs } = await inTurn({ rounds: 200, warmUp: 20 }, ask(many), ask(few));
    print({
      benchmark: `lists: ${name}`,
      rounds: ours.length,
      samples: { [`${MANY.runs} runs (ms)`]: ours, [`${FEW.runs} runs (ms)`]: theirs },
      targets: [{ figure: 'ratio of p95', value: spreadOf(ours).p95 / spreadOf(theirs).p95, atMost: 2 }],
    });
  }
  await useIt(many.cairn);
  const after = await scansOf(many.cairn.dataSource, 'run_step');
  print({
    benchmark: 'lists: how steps were read meanwhile',
    rounds: 1,
    samples: { 'by an index': [after.byIndex - before.byIndex], 'all of them': [after.whole - before.whole] },
    targets: [{ figure: 'times that all steps were read', value: after.whole - before.whole, atMost: 0 }],
  });
} finally {
  for (const cairn of cairns) {
    // Nothing tells of runs that are copied: what is held of others' events at the end is not true of these.
    await cairn.dataSource.destroy();
    await cairn.stop();
  }
}
