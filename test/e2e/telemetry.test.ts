import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Run } from '@cairn/client';
import { repositories } from '@cairn/dao';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { startCairn, temporalAddress, type Cairn, type Program } from '../support/cairn.js';
import { expressions } from '../support/ops-files.js';
import { askedBy } from '../support/promql.js';
import { receiveTraces, type ReceivedSpan, type TraceReceiver } from '../support/trace-receiver.js';
import { waitUntil } from '../support/wait-until.js';

// Real: PostgreSQL, Temporal, API, worker. The collector of traces takes OTLP over HTTP, as JSON.
let receiver: TraceReceiver;
let cairn: Cairn;
beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
  receiver = await receiveTraces();
  cairn = await startCairn({
    catalog: 'shapes',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      CAIRN_METRICS: '127.0.0.1:0',
      CAIRN_LOG_LEVEL: 'debug',
    },
  });
}, 90_000);
afterAll(async () => {
  await receiver?.close();
  await Runtime.instance().shutdown();
  await cairn?.stop();
});

/** Nobody but the records may know it. */
const SECRET = 'the-secret-of-the-trigger';
const CALLER = 'b7ad6b7169203331';

async function start(workflow: string, trigger: unknown, traceId?: string): Promise<Run> {
  const response = await fetch(`${cairn.url}/v1/runs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(traceId !== undefined && { traceparent: `00-${traceId}-${CALLER}-01` }),
    },
    body: JSON.stringify({ workflow, trigger }),
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  return cairn.client.waitForRun(id, { deadlineMs: 30_000 });
}

/** All spans of a trace, once the workflow has ended that is its last. */
const spansOf = (traceId: string, last: string) =>
  waitUntil(`the span ${last}`, () => {
    const spans = receiver.spans.filter(span => span.traceId === traceId);
    return spans.some(({ name }) => name === last) && spans;
  });

/** The names from the root of a trace to a span. */
function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  const before = parent ? pathOf(parent, spans) : span.parentSpanId === CALLER ? 'caller' : 'root';
  return `${before} > ${span.name}`;
}

describe('traces', () => {
  test('lead from the request to the skill, through children too', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const run = await start('shape.outer', { name: SECRET }, traceId);
    expect([run.status, run.error]).toEqual(['completed', undefined]);
    const spans = await spansOf(traceId, 'RunWorkflow:shape.outer');
    const paths = spans.map(span => `${span.service}: ${pathOf(span, spans)}`);
    const toRun = 'caller > POST /v1/runs > StartWorkflow:shape.outer > RunWorkflow:shape.outer';
    const step = 'StartActivity:toy > RunActivity:toy > cairn.step';
    const child = 'StartChildWorkflow:shape.inner > RunWorkflow:shape.inner';
    expect(paths).toEqual(
      expect.arrayContaining([
        'cairn-api: caller > POST /v1/runs',
        'cairn-api: caller > POST /v1/runs > StartWorkflow:shape.outer',
        `cairn-worker: ${toRun}`,
        `cairn-worker: ${toRun} > StartActivity:openRun > RunActivity:openRun`,
        ...['cairn.key', 'cairn.claim', 'cairn.skill', 'cairn.store', 'cairn.record'].map(
          part => `cairn-worker: ${toRun} > ${step} > ${part}`,
        ),
        `cairn-worker: ${toRun} > ${child} > ${step} > cairn.skill`,
      ]),
    );
    const made = spans.find(
      ({ name, attributes }) => name === 'cairn.step' && attributes['cairn.step_id'] === 'made',
    );
    expect(made?.attributes).toEqual({
      'cairn.run_id': run.id,
      'cairn.step_id': 'made',
      'cairn.tenant': 'local',
      'cairn.skill': 'toy',
      'cairn.attempt': 1,
      'cairn.cache': 'miss',
    });
    for (const name of ['POST /v1/runs', 'RunWorkflow:shape.outer'])
      expect(spans.find(span => span.name === name)?.attributes).toMatchObject({ 'cairn.run_id': run.id });
    expect(JSON.stringify(spans)).not.toContain(SECRET);

    // Its workflow goes on where nobody traces, should that be switched off meanwhile.
    const connection = await Connection.connect({ address: temporalAddress() });
    const history = await new Client({ connection }).workflow.getHandle(`run-${run.id}`).fetchHistory();
    await connection.close();
    const workflowsPath = fileURLToPath(import.meta.resolve('@cairn/interpreter'));
    await Worker.runReplayHistory({ workflowsPath }, history, `run-${run.id}`);
  }, 60_000);

  test('say what came from the cache; a run that the reconciler starts has one of its own', async () => {
    const first = await start('shape.inner', { name: 'again' });
    const id = await copyOf(first);
    const again = await cairn.client.waitForRun(id, { deadlineMs: 30_000 });
    expect(again.steps.map(({ cacheHit }) => cacheHit)).toEqual([true, true]);
    const walked = await waitUntil('its workflow is told', () =>
      receiver.spans.find(
        ({ name, attributes }) => name === 'RunWorkflow:shape.inner' && attributes['cairn.run_id'] === id,
      ),
    );
    const spans = receiver.spans.filter(({ traceId }) => traceId === walked.traceId);
    expect(pathOf(walked, spans)).toBe('root > StartWorkflow:shape.inner > RunWorkflow:shape.inner');
    const looks = spans.filter(({ name }) => name === 'cairn.look_up').map(({ attributes }) => attributes);
    expect(looks.map(look => [look['cairn.steps'], look['cairn.cache'], look['cairn.hits']])).toEqual([
      ['begin', 'hit', 1],
      ['work', 'hit', 1],
    ]);
  });
});

/** Records a run as if the API that took it had died before it started it. */
async function copyOf({ id: of }: Run): Promise<string> {
  const { runs, steps } = repositories(cairn.dataSource);
  const found = (await runs.getRunWithSteps('local', of))!;
  const { tenantId, workflowName, workflowVersion, trigger, graphDigest } = found.run;
  const id = randomUUID();
  const temporalWorkflowId = `run-${id}`;
  const run = { id, tenantId, workflowName, workflowVersion, trigger, graphDigest, temporalWorkflowId };
  await runs.insertRun(run);
  await steps.insertSteps(
    found.steps.map(({ stepId, skillId, position, inputHash }) => {
      return { tenantId, runId: id, stepId, skillId, position, inputHash };
    }),
  );
  return id;
}

type Line = Readonly<Record<string, unknown>>;
const linesOf = (program: Program): readonly Line[] =>
  program.log
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Line);

test('logs say whose work they are about, and no more', async () => {
  const run = await start('shape.inner', { name: SECRET, mode: 'fail' }, 'f'.repeat(32));
  expect(run.status).toBe('failed');
  await cairn.client.getRun(run.id);
  const about = ({ runId }: Line) => runId === run.id;
  const asked = await waitUntil('the request is logged', () =>
    linesOf(cairn.api).find(line => about(line) && line['operation'] === 'getRun'),
  );
  expect(asked).toMatchObject({ msg: 'request', method: 'GET', status: 200, tenantId: 'local' });
  const created = linesOf(cairn.api).find(line => about(line) && line['operation'] === 'startRun');
  expect(created).toMatchObject({ level: 30, status: 202, traceId: 'f'.repeat(32) });
  const failed = linesOf(cairn.worker).filter(line => about(line) && line['stepId'] === 'work');
  expect(failed.length).toBeGreaterThan(0);
  for (const line of failed)
    expect(line).toMatchObject({ tenantId: 'local', attempt: 1, traceId: 'f'.repeat(32) });
  expect(cairn.api.log + cairn.worker.log).not.toContain(SECRET);
});

/** What a program serves to Prometheus. */
async function scraped(program: Program): Promise<string> {
  const { url } = linesOf(program).find(({ msg }) => msg === 'metrics are served') as { url: string };
  return (await fetch(url)).text();
}

/** The metrics of a program, by their names and labels. */
async function metricsOf(program: Program): Promise<ReadonlyMap<string, number>> {
  const text = await scraped(program);
  const samples = text.split('\n').filter(line => line && !line.startsWith('#'));
  return new Map(
    samples.map(line => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

describe('metrics', () => {
  let api: ReadonlyMap<string, number>;
  let worker: ReadonlyMap<string, number>;
  beforeAll(async () => {
    [api, worker] = await Promise.all([metricsOf(cairn.api), metricsOf(cairn.worker)]);
  });

  test('count runs by their outcome, where that was recorded', () => {
    const runs = (outcome: string) => worker.get(`cairn_run_duration_seconds_count{outcome="${outcome}"}`);
    // shape.outer with its child, shape.inner and its copy; and the one that failed.
    expect([runs('completed'), runs('failed'), runs('cancelled')]).toEqual([4, 1, 0]);
    expect(worker.get('cairn_steps_failed_total{skill="toy"}')).toBe(1);
  });

  test('count results of steps: executed, and out of the cache with the time that this has saved', () => {
    const results = (how: string) => worker.get(`cairn_step_results_total{skill="toy",how="${how}"}`);
    const executed = results('executed')!;
    expect(executed).toBe(cairn.executions().length - 1);
    expect(results('hit')).toBe(2);
    expect(worker.get('cairn_step_execution_seconds_count{skill="toy"}')).toBe(executed);
    expect(worker.get('cairn_cache_misses_total{skill="toy"}')).toBe(executed + 1);
    expect(worker.get('cairn_step_attempts_failed_total{skill="toy"}')).toBe(1);
    expect(worker.get('cairn_cache_saved_seconds_total{skill="toy"}')).toBeGreaterThan(0);
    expect(worker.get('cairn_steps_executing{skill="toy"}')).toBe(0);
  });

  test('tell requests by operation and status, and the events that they led to', () => {
    expect(api.get('cairn_http_request_duration_seconds_count{operation="startRun",status="202"}')).toBe(3);
    expect(api.get('cairn_events_total{type="run.created"}')).toBe(3);
    const operations = [...api.keys()].filter(name =>
      name.startsWith('cairn_http_request_duration_seconds_count'),
    );
    expect(operations.length).toBeLessThan(10);
  });

  test('tell what is under way by the records', () => {
    expect(api.get('cairn_runs{state="running"}')).toBe(0);
    expect(api.get('cairn_claims{state="expired"}')).toBe(0);
    expect(api.get('cairn_events_unsequenced')).toBe(0);
    expect(api.get('cairn_readings_failed_total{source="database"}')).toBe(0);
    expect(api.get('cairn_database_connections{state="most"}')).toBe(10);
  });

  test('tell slots and queues, by themselves and by what Temporal measures', () => {
    expect(worker.get('cairn_worker_slots{queue="default"}')).toBeGreaterThan(0);
    expect(worker.get('cairn_worker_slots_used{queue="default"}')).toBe(0);
    expect(worker.get('cairn_queue_backlog{queue="default"}')).toBe(0);
    expect([...worker.keys()].some(name => name.startsWith('temporal_worker_task_slots_available{'))).toBe(
      true,
    );
  });

  test('are those that dashboards and alerts ask for, by labels that they have', async () => {
    const text = (await scraped(cairn.api)) + (await scraped(cairn.worker));
    // What Prometheus adds itself, of each target.
    const labels = new Map([['up', new Set<string>()]]);
    for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
      for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
        labels.set(name! + suffix, new Set());
    for (const [, name, pairs] of text.matchAll(/^([a-z_]+)\{([^}]*)\} /gm))
      for (const [, label] of pairs!.matchAll(/(\w+)="/g)) labels.get(name!)?.add(label!);
    const unknown = expressions().flatMap(({ at, expr }) =>
      askedBy(expr).flatMap(({ metric, labels: by }) => {
        const has = labels.get(metric);
        if (!has) return [`${at}: ${metric}`];
        const others = has.size === 0 ? [] : by.filter(label => label !== 'job' && !has.has(label));
        return others.map(label => `${at}: ${metric} by ${label}`);
      }),
    );
    expect(unknown).toEqual([]);
  });

  test('are not to be had of the API', async () => {
    expect((await fetch(`${cairn.url}/metrics`)).status).toBe(404);
  });
});
