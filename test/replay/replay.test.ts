import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type ReplayWorkerOptions,
  type WorkflowBundle,
} from '@temporalio/worker';
import { messageOf } from './history-form.js';
import { readShapes, type History, type RecordedShape } from './history-files.js';
import { textsOf } from './scrub.js';
import { SHAPES } from './shapes.js';

const recorded = await readShapes();

let workflowBundle: WorkflowBundle;
let tracedBundle: WorkflowBundle;
beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  // What a replay finds it says by its result; the refused ones would be told as errors too.
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter: 'OFF' } } });
  const workflowsPath = fileURLToPath(import.meta.resolve('@cairn/interpreter'));
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  tracedBundle = await bundleWorkflowCode({
    workflowsPath,
    logger,
    workflowInterceptorModules: [
      fileURLToPath(import.meta.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors')),
    ],
  });
}, 120_000);
afterAll(() => Runtime.instance().shutdown());

/** Replays histories with the interpreter as it is. @returns what each ended with, in their order */
async function replay(
  executions: RecordedShape['executions'],
  options: ReplayWorkerOptions = { workflowBundle },
): Promise<readonly (Error | undefined)[]> {
  const results = [];
  const histories = executions.map(({ workflowId, history }) => ({
    workflowId,
    history: messageOf(history),
  }));
  for await (const { error } of Worker.runReplayHistories({ ...options, replayName: 'recorded' }, histories))
    results.push(error);
  return results;
}

/** Of a history that is replayed twice: the long ones have what the short ones have, more often. */
const MOST_EVENTS = 1_000;

const ENDS = expect.stringMatching(
  /^EVENT_TYPE_WORKFLOW_EXECUTION_(COMPLETED|FAILED|CANCELED|CONTINUED_AS_NEW)$/,
);

describe('histories of every shape', () => {
  test('are there', () => {
    const shapes = new Set([...recorded.values()].map(({ shape }) => shape));
    expect([...shapes].sort()).toEqual(Object.keys(SHAPES).sort());
  });

  test('go to the end of every execution', () => {
    for (const [name, { executions }] of recorded)
      for (const { history } of executions)
        expect([name, history.events.at(-1)?.eventType]).toEqual([name, ENDS]);
  });

  test('say nothing of the machine that recorded them', () => {
    for (const [name, { executions }] of recorded)
      for (const { history } of executions)
        expect([
          name,
          /\d@|\/tmp\/|\/home\/|\/root\/|\/work\/|node_modules|file:\/\//.exec(textsOf(history)),
        ]).toEqual([name, null]);
  });

  test('replay with the interpreter as it is', async () => {
    const all = [...recorded].flatMap(([name, { executions }]) =>
      executions.map(each => ({ ...each, name })),
    );
    const errors = await replay(all);
    expect(errors).toHaveLength(all.length);
    const failed = all.flatMap(({ name }, index) =>
      errors[index] ? [`${name}: ${errors[index].message}`] : [],
    );
    expect(failed).toEqual([]);
  }, 120_000);

  // Tracing may be switched on while runs are under way. Its interceptors stand between the steps of a workflow.
  test('replay with interceptors for traces too', async () => {
    const some = [...recorded].flatMap(([name, { executions }]) =>
      executions.flatMap(each => (each.history.events.length < MOST_EVENTS ? [{ ...each, name }] : [])),
    );
    expect(some.length).toBeGreaterThan(40);
    const exporter = { export: { fn: () => undefined } };
    const errors = await replay(some, { workflowBundle: tracedBundle, sinks: { exporter } });
    const failed = some.flatMap(({ name }, index) =>
      errors[index] ? [`${name}: ${errors[index].message}`] : [],
    );
    expect(failed).toEqual([]);
  }, 120_000);
});

/** The recorded history of a shape's run, with some events changed. */
function changed(
  shape: string,
  change: (events: History['events']) => History['events'],
): RecordedShape['executions'] {
  const found = [...recorded.values()].find(each => each.shape === shape)!.executions[0]!;
  return [{ ...found, history: { events: change(structuredClone(found.history.events)) } }];
}

describe('a history of an interpreter that did otherwise is refused:', () => {
  const isActivity = ({ eventType }: { eventType: string }) =>
    eventType === 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED';
  test.each<[string, string, (events: History['events']) => History['events']]>([
    [
      'another activity',
      'plain-steps',
      events =>
        events.map(event =>
          isActivity(event)
            ? {
                ...event,
                activityTaskScheduledEventAttributes: {
                  ...(event['activityTaskScheduledEventAttributes'] as object),
                  activityType: { name: 'another' },
                },
              }
            : event,
        ),
    ],
    [
      'a timer instead of an activity',
      'plain-steps',
      events =>
        events.map(event => {
          if (!isActivity(event)) return event;
          const { activityTaskScheduledEventAttributes: _was, ...others } = event;
          return {
            ...others,
            eventType: 'EVENT_TYPE_TIMER_STARTED',
            timerStartedEventAttributes: { timerId: '1', startToFireTimeout: { seconds: '1' } },
          };
        }),
    ],
  ])('%s', async (_what, shape, change) => {
    const [error] = await replay(changed(shape, change));
    expect(error?.name).toBe('DeterminismViolationError');
  });
});
