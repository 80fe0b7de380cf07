import { rm } from 'node:fs/promises';
import type { Run } from '@cairn/client';
import type { Client } from '@temporalio/client';
import type { Cairn } from '../support/cairn.js';
import { stepOf } from '../support/steps.js';
import { waitUntil } from '../support/wait-until.js';

/** Makes a run of a shape, to its end. */
export type Shape = (cairn: Cairn, client: Client) => Promise<Run>;

const LONGEST_MS = 120_000;
const HOUR_MS = 3_600_000;
const start = async (cairn: Cairn, workflow: string, trigger: unknown) =>
  (await cairn.client.startRun({ workflow, trigger })).run;
const ended = (cairn: Cairn, { id }: { readonly id: string }) =>
  cairn.client.waitForRun(id, { deadlineMs: LONGEST_MS });
const run = async (cairn: Cairn, workflow: string, trigger: unknown) =>
  ended(cairn, await start(cairn, workflow, trigger));
const stepIs = (cairn: Cairn, { id }: Run, stepId: string, status: string) =>
  waitUntil(
    `${stepId} is ${status}`,
    async () => stepOf(await cairn.client.getRun(id), stepId).status === status,
    LONGEST_MS,
  );

const simple =
  (workflow: string, trigger: unknown): Shape =>
  cairn =>
    run(cairn, workflow, trigger);

/** A run whose step `left` waits for its release, when that has begun. */
async function held(cairn: Cairn, name: string): Promise<Run> {
  const begun = await start(cairn, 'toy.diamond', { name, mode: 'wait' });
  await stepIs(cairn, begun, 'left', 'running');
  return begun;
}

/** The worker ends while a step is executed, and another takes it up. */
const interrupted =
  (signal: 'SIGTERM' | 'SIGKILL'): Shape =>
  async cairn => {
    const name = `ended by ${signal}`;
    const begun = await held(cairn, name);
    await cairn.worker.end(signal);
    cairn.release(name);
    await cairn.worker.start();
    return ended(cairn, begun);
  };

async function awaited(cairn: Cairn): Promise<Run> {
  const holder = await held(cairn, 'awaited');
  const waiter = await start(cairn, 'toy.diamond', { name: 'awaited', mode: 'wait' });
  await waitUntil('it waits', async () => stepOf(await cairn.client.getRun(waiter.id), 'left').waitingOn);
  cairn.release('awaited');
  await ended(cairn, holder);
  return ended(cairn, waiter);
}

async function cancelled(cairn: Cairn): Promise<Run> {
  const begun = await held(cairn, 'cancelled');
  await cairn.client.cancelRun(begun.id);
  return ended(cairn, begun);
}

async function pathOf(cairn: Cairn, { id }: Run, stepId: string): Promise<string> {
  for await (const { stepId: step, name, uri } of cairn.client.runArtifacts(id))
    if (step === stepId && name === 'page') return uri;
  throw new Error(`${stepId} has no page`);
}

/** A file is lost before the step that reads it. */
async function repaired(cairn: Cairn): Promise<Run> {
  const begun = await start(cairn, 'toy.reading', { name: 'repaired' });
  await stepIs(cairn, begun, 'made', 'completed');
  await stepIs(cairn, begun, 'between', 'running');
  await rm(await pathOf(cairn, begun, 'made'));
  cairn.release('repaired');
  return ended(cairn, begun);
}

/** A file that the run delivers is lost, and no step reads it: that is found when the run is about to end. */
async function repairedAtTheEnd(cairn: Cairn): Promise<Run> {
  const begun = await start(cairn, 'map.collect', { words: 'kept waiting:wait' });
  const page = await waitUntil(
    'an item has its page',
    async () => {
      const [row] = await cairn.dataSource.query<{ uri: string }[]>(
        `SELECT "uri" FROM "artifact" WHERE "runId" = $1 AND "stepId" = 'pages[kept].page' AND "name" = 'page'`,
        [begun.id],
      );
      return row?.uri;
    },
    LONGEST_MS,
  );
  await rm(page);
  cairn.release('waiting');
  return ended(cairn, begun);
}

/** The records are slow when a run is taken up: an ordinary activity waits for them instead of a local one. */
async function slowRecords(cairn: Cairn, client: Client): Promise<Run> {
  await cairn.worker.end();
  const begun = await start(cairn, 'toy.diamond', { name: 'slow records' });
  const handle = client.workflow.getHandle(begun.temporalWorkflowId);
  await cairn.dataSource.transaction(async manager => {
    await manager.query('LOCK TABLE "run_step" IN ACCESS EXCLUSIVE MODE');
    await cairn.worker.start();
    await waitUntil(
      'the ordinary activity is asked for',
      async () => {
        const { events } = await handle.fetchHistory();
        return events?.some(
          event => event.activityTaskScheduledEventAttributes?.activityType?.name === 'openRun',
        );
      },
      LONGEST_MS,
    );
  });
  return ended(cairn, begun);
}

async function retried(cairn: Cairn): Promise<Run> {
  const failed = await run(cairn, 'toy.nine', { name: 'retried' });
  cairn.release('retried');
  return ended(cairn, (await cairn.client.retryRun(failed.id)).run);
}

async function forked(cairn: Cairn): Promise<Run> {
  const first = await run(cairn, 'toy.diamond', { name: 'forked' });
  const fork = { from: 'right', input: { text: 'edited' } };
  return ended(cairn, (await cairn.client.forkRun(first.id, fork)).run);
}

async function cancelledMap(cairn: Cairn): Promise<Run> {
  const begun = await start(cairn, 'map.pages', { words: 'x1:wait x2:wait x3', title: 'cancelled' });
  await waitUntil('an item is executed', async () => {
    const { items } = await cairn.client.listMapItems(begun.id, 'pages');
    return items.length === 3 && cairn.executions().filter(line => line === 'page').length > 0;
  });
  await cairn.client.cancelRun(begun.id);
  return ended(cairn, begun);
}

const decided =
  (approve: boolean): Shape =>
  async cairn => {
    const begun = await start(cairn, 'shape.release', { name: approve ? 'approved' : 'rejected' });
    const gate = await waitUntil('the gate is open', async () => {
      const { items } = await cairn.client.listGates({ runId: begun.id, status: 'open' });
      return items[0];
    });
    const { id, shownDigest: digest, role } = gate;
    await cairn.client.decideGate(id, { approve, digest, role, by: 'somebody' });
    return ended(cairn, begun);
  };

async function cancelledGate(cairn: Cairn): Promise<Run> {
  const begun = await start(cairn, 'shape.release', { name: 'cancelled gate' });
  await stepIs(cairn, begun, 'approve', 'running');
  await cairn.client.cancelRun(begun.id);
  return ended(cairn, begun);
}

async function cancelledChild(cairn: Cairn): Promise<Run> {
  const begun = await start(cairn, 'shape.outer', { name: 'cancelled child', mode: 'wait' });
  const { childRunId } = await waitUntil('the child has begun', async () => {
    const step = stepOf(await cairn.client.getRun(begun.id), 'inner');
    return step.childRunId !== undefined && { childRunId: step.childRunId };
  });
  await stepIs(cairn, await cairn.client.getRun(childRunId), 'work', 'running');
  await cairn.client.cancelRun(begun.id);
  return ended(cairn, begun);
}

/** A schedule of each hour, which is told to make up for the last one. @returns its run */
const scheduled =
  (name: string, change?: string): Shape =>
  async cairn => {
    const { client, dataSource } = cairn;
    const { id } = await client.createSchedule({
      ...{ name, workflow: 'toy.diamond', trigger: { name }, every: '1h', paused: true },
    });
    if (change !== undefined)
      await dataSource.query(`UPDATE "schedule" SET "trigger" = $2::jsonb WHERE "id" = $1`, [id, change]);
    const hour = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS).toISOString();
    await client.backfillSchedule(id, { from: hour, to: hour });
    const begun = await waitUntil(
      'the schedule has started a run',
      async () => (await client.listRuns({ scheduleId: id })).items[0],
      LONGEST_MS,
    );
    return ended(cairn, begun);
  };

/** More runs than the tenant may have under way: the second begins when the first has ended. */
async function inTurn(cairn: Cairn): Promise<Run> {
  const { client } = cairn;
  const { name } = await client.getOwnTenant();
  await client.putTenant('local', { name, limits: { maxRunningRuns: 1 } });
  try {
    const first = await held(cairn, 'first of two');
    const second = await start(cairn, 'toy.diamond', { name: 'second of two' });
    await waitUntil('it waits', async () => (await client.getRun(second.id)).waitingSince, LONGEST_MS);
    cairn.release('first of two');
    await ended(cairn, first);
    return await ended(cairn, second);
  } finally {
    await client.putTenant('local', { name, limits: {} });
  }
}

/** Every way in which a run can go that makes the interpreter do something else. By name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'plain-steps': simple('toy.diamond', { name: 'plain' }),
  'all-from-cache': simple('toy.diamond', { name: 'plain' }),
  'some-from-cache': simple('toy.diamond', { name: 'plain', ending: 'another' }),
  'condition-false': simple('toy.choice', { loud: false }),
  'condition-true': simple('toy.choice', { loud: true }),
  'failed-and-blocked': simple('toy.broken', { name: 'broken' }),
  flaky: simple('toy.diamond', { name: 'flaky', mode: 'flaky' }),
  'worker-stopped': interrupted('SIGTERM'),
  'worker-killed': interrupted('SIGKILL'),
  'awaits-another-run': awaited,
  cancelled,
  'damaged-input': repaired,
  'damaged-delivery': repairedAtTheEnd,
  'slow-records': slowRecords,
  retried,
  forked,
  map: simple('map.pages', { words: 'red green blue' }),
  'map-of-nothing': simple('map.pages', { words: '' }),
  'map-collects': simple('map.collect', { words: 'good bad:fail late:flaky' }),
  'map-stops': simple('map.pages', { words: 'fine bad:fail other', title: 'stop' }),
  'map-refused': simple('map.pages', { words: 'twice twice' }),
  'map-cancelled': cancelledMap,
  // More than one workflow task may ask for at once.
  'map-given-much': simple('map.shared', { count: 22, about: 'x'.repeat(60_000) }),
  'map-continued-as-new': simple('map.many', { count: 1_400 }),
  'map-of-children': simple('shape.items', { items: [{ name: 'one' }, { name: 'two', mode: 'fail' }] }),
  child: simple('shape.outer', { name: 'child' }),
  'child-failed': simple('shape.outer', { name: 'failing child', mode: 'fail' }),
  'child-refused': simple('shape.outer', { name: 'forbidden' }),
  'child-cancelled': cancelledChild,
  'gate-approved': decided(true),
  'gate-rejected': decided(false),
  'gate-expired': simple('shape.deadline', { name: 'expired' }),
  'gate-cancelled': cancelledGate,
  'in-turn': inTurn,
  scheduled: scheduled('scheduled'),
  // By now its trigger breaks a rule.
  'scheduled-refused': scheduled('refused', '{"name": ""}'),
};
