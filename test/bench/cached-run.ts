import { setTimeout as delay } from 'node:timers/promises';
import { SMALL } from '../support/campaign.js';
import { startCairn, type Cairn } from '../support/cairn.js';
import { spreadOf } from './spread.js';

/**
 * What a campaign of nine steps costs when all of it is in the cache, against a run of one step that does nothing:
 * from POST to completed, taken in turn, so that the machine's moods meet both.
 */
const ROUNDS = 30;
/** Between two looks at a run. Milliseconds. */
const PAUSE = 4;

async function timed(cairn: Cairn, workflow: string, trigger: unknown): Promise<number> {
  const begun = performance.now();
  const { run } = await cairn.client.startRun({ workflow, trigger });
  for (;;) {
    const { status } = await cairn.client.getRun(run.id);
    if (status === 'completed') return performance.now() - begun;
    if (status !== 'queued' && status !== 'running') throw new Error(`${workflow} ended ${status}`);
    await delay(PAUSE);
  }
}

const cairn = await startCairn({ catalog: 'bench' });
try {
  await timed(cairn, 'campaign.build', SMALL);
  await timed(cairn, 'toy.noop', { value: 'warm' });
  const cached: number[] = [];
  const noop: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    cached.push(await timed(cairn, 'campaign.build', SMALL));
    noop.push(await timed(cairn, 'toy.noop', { value: `round ${round}` }));
  }
  const ratio = spreadOf(cached.map((value, index) => value / noop[index]!));
  const rows = {
    'campaign.build, 9 of 9 cached (ms)': spreadOf(cached),
    'toy.noop, executed (ms)': spreadOf(noop),
    ratio,
  };
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, spread]) => [
        name,
        Object.fromEntries(
          Object.entries(spread).map(([key, value]) => [key, Number((value as number).toFixed(2))]),
        ),
      ]),
    ),
  );
  console.log(JSON.stringify({ benchmark: 'cached-run', rounds: ROUNDS, ...rows }));
} finally {
  await cairn.stop();
}
