import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { silent, startTestEngine, TENANT, type TestEngine } from '../testing/test-engine.js';
import { Waker } from './waker.js';

let it: TestEngine;
beforeAll(async () => void (it = await startTestEngine()));
afterAll(() => it.stop());

test('a wake-up that cannot be sent keeps no other from being noted as sent', async () => {
  const { claims } = it.records;
  const [stuck, other] = await Promise.all([it.newRun(), it.newRun()]);
  for (const { id: runId, temporalWorkflowId } of [stuck, other])
    await claims.wait({ tenantId: TENANT, runId, stepId: 'first', cacheKey: 'key', temporalWorkflowId });
  await claims.wake('key', null);
  await it.dataSource.query(`UPDATE "step_waiter" SET "wakeAt" = "wakeAt" - interval '1 minute'`);
  const asked: string[] = [];
  const wake = (id: string) => {
    asked.push(id);
    return id === stuck.temporalWorkflowId ? Promise.reject(new Error('refused')) : Promise.resolve();
  };
  const waker = new Waker({ dataSource: it.dataSource, control: { wake }, log: silent });
  await expect(waker.sendOverdue()).rejects.toThrow('refused');
  expect(asked.sort()).toEqual([stuck.temporalWorkflowId, other.temporalWorkflowId].sort());
  await expect(waker.sendOverdue()).rejects.toThrow('refused');
  expect(asked.slice(2)).toEqual([stuck.temporalWorkflowId]);
});
