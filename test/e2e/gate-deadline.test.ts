import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Gate } from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { startTimeSkippingTemporal, type TimeSkippingTemporal } from '../support/time-skipping.js';
import { waitUntil } from '../support/wait-until.js';

let temporal: TimeSkippingTemporal;
let cairn: Cairn;
beforeAll(async () => {
  // Fetched the first time.
  temporal = await startTimeSkippingTemporal();
  cairn = await startCairn({ catalog: 'shapes', env: { TEMPORAL_ADDRESS: temporal.address } });
}, 240_000);
afterAll(async () => {
  await cairn?.stop();
  await temporal?.stop();
});

async function openGate(name: string): Promise<Gate> {
  const { run } = await cairn.client.startRun({ workflow: 'shape.release', trigger: { name } });
  return waitUntil('the gate is open', async () => {
    const [gate] = (await cairn.client.listGates({ runId: run.id, status: 'open' })).items;
    return gate && cairn.client.getGate(gate.id);
  });
}

test('the deadline of a gate acts after its three days, and not before', async () => {
  const began = performance.now();
  const [missed, met] = await Promise.all([openGate('missed'), openGate('met')]);
  await temporal.pass('71h');
  expect((await cairn.client.getGate(missed.id)).status).toBe('open');
  const { shownDigest: digest } = met;
  await cairn.client.decideGate(met.id, { approve: true, digest, by: 'ada', role: 'approver' });
  const decided = await cairn.client.waitForRun(met.runId, { deadlineMs: 30_000 });
  expect(decided.output).toMatchObject({ verdict: { approved: true, by: 'ada' } });
  await temporal.pass('2h');
  const after = await cairn.client.waitForRun(missed.runId, { deadlineMs: 30_000 });
  expect(after).toMatchObject({
    status: 'completed',
    output: { verdict: { approved: false, expired: true }, live: 'not published' },
  });
  expect(await cairn.client.getGate(missed.id)).toMatchObject({ status: 'rejected', expired: true });
  // By the database's clock, which nobody has touched, there are days left.
  expect(Date.parse(missed.deadlineAt)).toBeGreaterThan(Date.now() + 2 * 24 * 60 * 60 * 1000);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 120_000);
