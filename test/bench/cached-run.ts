import { Client, Connection } from '@temporalio/client';
import { startCairn, temporalAddress } from '../support/cairn.js';
import { SMALL } from '../support/campaign.js';
import { inTurn, millisecondsOf } from './in-turn.js';
import { print, ratios } from './report.js';

/**
 * What a campaign of nine steps costs when all of it is in the cache, against a run of one step that does nothing:
 * from POST to completed.
 */
const connection = await Connection.connect({ address: temporalAddress() });
const temporal = new Client({ connection });
const cairn = await startCairn({ catalog: 'bench' });

async function run(workflow: string, trigger: unknown): Promise<void> {
  const { run } = await cairn.client.startRun({ workflow, trigger });
  await temporal.workflow.getHandle(run.temporalWorkflowId).result();
}

try {
  await run('campaign.build', SMALL);
  const { ours, theirs } = await inTurn(
    { rounds: 30, warmUp: 2 },
    () => millisecondsOf(() => run('campaign.build', SMALL)),
    round => millisecondsOf(() => run('toy.noop', { value: `round ${round}` })),
  );
  print({
    benchmark: 'cached-run',
    rounds: ours.length,
    samples: {
      'campaign.build, 9 of 9 cached (ms)': ours,
      'toy.noop, executed (ms)': theirs,
      ratio: ratios(ours, theirs),
    },
    targets: [],
  });
} finally {
  await cairn.stop();
  await connection.close();
}
