import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import type { Catalog } from '@cairn/catalog';
import type { Configuration } from '@cairn/configuration';
import type { Engine } from '@cairn/engine';
import { recordActivities } from './activities/record-activities.js';
import { skillActivities } from './activities/skill-activities.js';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly configuration: Configuration;
  readonly engine: Engine;
  readonly catalog: Catalog;
  /** How long running steps may go on after a stop. Milliseconds. */
  readonly drainMs: number;
}

/** Steps at once on a queue whose skills fill a core each. */
const HEAVY = Math.max(1, availableParallelism());
/** Steps at once on the default queue, whose skills mostly wait. */
const LIGHT = 4 * HEAVY;

/** A worker for the default task queue, which walks the graphs too, and one for each queue that skills ask for. */
export async function createWorkers(parts: WorkerParts): Promise<readonly Worker[]> {
  const { connection, configuration, engine, catalog, drainMs } = parts;
  const queues = queuesOf(catalog);
  const common = {
    connection,
    namespace: configuration.temporalNamespace,
    shutdownGraceTime: drainMs,
    shutdownForceTime: drainMs + 5_000,
    // A cancellation reaches a step with the answer to its heartbeat: the default would hold one back for 8 s.
    maxHeartbeatThrottleInterval: '1s',
  };
  const main = await Worker.create({
    ...common,
    taskQueue: configuration.taskQueue,
    workflowBundle: await bundleWorkflowCode({
      logger: Runtime.instance().logger,
      workflowsPath: fileURLToPath(import.meta.resolve('@cairn/interpreter')),
    }),
    activities: { ...recordActivities(engine), ...skillActivities(engine) },
    maxConcurrentActivityTaskExecutions: LIGHT,
  });
  const others = await Promise.all(
    queues.map(queue =>
      Worker.create({
        ...common,
        taskQueue: `${configuration.taskQueue}-${queue}`,
        activities: skillActivities(engine),
        maxConcurrentActivityTaskExecutions: HEAVY,
      }),
    ),
  );
  return [main, ...others];
}

/** The queues that skills ask for, and those that steps of a workflow ask for instead. */
function queuesOf(catalog: Catalog): readonly string[] {
  const ofSkills = catalog.skills.flatMap(({ skill }) => skill.spec.queue ?? []);
  const ofSteps = catalog.workflows.flatMap(({ graph }) =>
    graph.steps.flatMap(step => step.policy.queue ?? []),
  );
  return [...new Set([...ofSkills, ...ofSteps])];
}
