import type { RunStep } from '@cairn/dao';
import { stepRequest, walkOfRun } from '@cairn/pipeline';
import type { Engine } from '../../engine.js';
import { endRun } from '../../runs/end-run.js';
import { openRun } from '../../runs/open-run.js';
import { failStep, skipByCondition } from '../../runs/step-records.js';
import { executeStep } from '../../steps/execute-step.js';
import { lookUpFrontier } from '../../steps/look-up-frontier.js';
import { hooks } from '../../testing/test-engine.js';

/** Takes a recorded run of steps to its end as the interpreter does, without Temporal. */
export async function runThrough(engine: Engine, run: { id: string; tenantId: string }): Promise<void> {
  const ref = { runId: run.id, tenantId: run.tenantId };
  const opened = await openRun(engine, ref);
  if (opened.ended) return;
  const walk = walkOfRun(opened);
  const context = { run: ref, workflowId: `run-${run.id}`, setting: opened };
  for (let ready = walk.ready(); ready.length > 0; ready = walk.ready()) {
    const off = ready.filter(node => walk.isOff(node));
    await skipByCondition(
      engine.dataSource,
      ref,
      off.map(({ id }) => id),
    );
    off.forEach(({ id }) => walk.leaveOut(id));
    const requests = ready.flatMap(node =>
      node.kind === 'step' && !off.includes(node) ? [stepRequest(context, walk, node)] : [],
    );
    const answers = await lookUpFrontier(engine, requests);
    for (const [at, request] of requests.entries()) {
      const answer = answers[at]!;
      const end = answer.kind === 'settled' ? answer.step : await executed(engine, request);
      walk.settle(request.stepId, end);
      if (end.kind !== 'failed') continue;
      const { code, message } = end;
      const blocked = walk.blockedBy(request.stepId);
      await failStep(engine.dataSource, { ...ref, stepId: request.stepId, code, message, blocked });
      walk.block(request.stepId);
    }
  }
  const failure = walk.firstFailure;
  await endRun(engine, {
    ...ref,
    status: failure ? 'failed' : 'completed',
    ...(failure && { code: failure.code, message: failure.message }),
  });
}

async function executed(engine: Engine, request: Parameters<typeof executeStep>[1]) {
  try {
    const answer = await executeStep(engine, request, hooks());
    if (answer.kind === 'waiting') throw new Error('nobody else executes here');
    return answer;
  } catch (error) {
    const { code = 'UNKNOWN', message } = error as { code?: string; message: string };
    return { kind: 'failed', code, message } as const;
  }
}

/** How a step came out. */
export type CameOut = 'executed' | 'reused' | 'off' | 'failed' | 'blocked';

export function cameOut({ status, reason, cacheHit }: RunStep): CameOut {
  if (cacheHit) return 'reused';
  if (status === 'completed') return 'executed';
  if (status === 'skipped') return reason === 'condition_false' ? 'off' : 'blocked';
  return 'failed';
}
