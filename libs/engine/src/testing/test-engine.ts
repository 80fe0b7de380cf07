import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFileStore } from '@cairn/artifact-store';
import type { Catalog } from '@cairn/catalog';
import { repositories, type Repositories } from '@cairn/dao';
import { createMigratedTestDatabase } from '@cairn/dao/testing';
import { CairnError } from '@cairn/dto';
import type { StepPolicy, StepRequest } from '@cairn/pipeline';
import type { AnySkill } from '@cairn/skill-kit';
import { HitCounter } from '../cache/hit-counter.js';
import { LeaseKeeper } from '../claims/lease-keeper.js';
import type { Engine } from '../engine.js';
import { Reports } from '../reports/reports.js';
import { ResourceLibrary } from '../resources/resource-library.js';
import type {
  OpenWorkflow,
  OpenWorkflows,
  RunControl,
  RunStart,
  WorkflowState,
} from '../runs/run-control.js';
import { RunService } from '../runs/run-service.js';
import { SkillRegistry } from '../skills/skill-registry.js';
import type { ExecutionHooks } from '../steps/skill-context.js';
import { echo } from './fixtures/echo-state.js';
import { echoSkill } from './fixtures/echo.skill.js';
import { echoWorkflow } from './fixtures/echo.workflow.js';

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const TENANT = 'acme';

const outage = () => new CairnError('TEMPORAL_UNAVAILABLE', 'no Temporal', { retryable: true });

/** Records what the engine asks of Temporal, and answers as a test says. */
export class RecordingControl implements RunControl {
  readonly started: RunStart[] = [];
  readonly cancelled: string[] = [];
  readonly states = new Map<string, WorkflowState>();
  /** Run ids whose start fails; `all` for an outage. */
  readonly refused = new Set<string>();
  /** What the start of a run fails with, by its id. */
  readonly failures = new Map<string, Error>();
  /** Starts that were asked for, whatever came of them. */
  asked = 0;

  start(run: RunStart): Promise<void> {
    this.asked += 1;
    if (this.refused.has('all')) return Promise.reject(outage());
    const failure = this.failures.get(run.runId);
    if (failure) return Promise.reject(failure);
    if (this.refused.has(run.runId)) return Promise.reject(new Error('no Temporal'));
    this.started.push(run);
    return Promise.resolve();
  }

  cancel(temporalWorkflowId: string): Promise<'requested' | 'not_found'> {
    if (this.refused.has('all')) return Promise.reject(outage());
    this.cancelled.push(temporalWorkflowId);
    // As Temporal: an execution that has ended is not found either.
    const state = this.states.get(temporalWorkflowId) ?? 'running';
    return Promise.resolve(state === 'running' ? 'requested' : 'not_found');
  }

  describe(temporalWorkflowId: string): Promise<WorkflowState> {
    if (this.refused.has('all')) return Promise.reject(outage());
    return Promise.resolve(this.states.get(temporalWorkflowId) ?? 'running');
  }

  /** Wake-ups that were sent, as `workflow/step`. */
  readonly wakes: string[] = [];

  wake(temporalWorkflowId: string, stepId: string): Promise<void> {
    if (this.refused.has('all')) return Promise.reject(outage());
    this.wakes.push(`${temporalWorkflowId}/${stepId}`);
    return Promise.resolve();
  }

  /** What is listed as open, one on each page. */
  readonly open: OpenWorkflow[] = [];
  /** What was terminated, with the reason. */
  readonly terminated: [executionId: string, reason: string][] = [];

  listOpen(page?: Uint8Array): Promise<OpenWorkflows> {
    if (this.refused.has('all')) return Promise.reject(outage());
    const at = page?.[0] ?? 0;
    const more = at + 1 < this.open.length;
    const workflows = this.open.slice(at, at + 1);
    return Promise.resolve({ workflows, ...(more && { next: Uint8Array.of(at + 1) }) });
  }

  terminate({ executionId }: OpenWorkflow, reason: string): Promise<boolean> {
    if (this.refused.has('all')) return Promise.reject(outage());
    this.terminated.push([executionId, reason]);
    return Promise.resolve(true);
  }
}

/** Short, so that a test can wait for a lease's end. */
export const LEASE_MS = 1_500;

export const hooks = (more: Partial<ExecutionHooks> = {}): ExecutionHooks => ({
  attempt: 1,
  signal: new AbortController().signal,
  progress: () => undefined,
  ...more,
});

/** A real database, a real file store and the skill `echo`; only Temporal is played by a test. */
export async function startTestEngine() {
  const database = await createMigratedTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'cairn-engine-'));
  const run = fileURLToPath(new URL('./fixtures/echo.run.js', import.meta.url));
  const catalog: Catalog = {
    workflows: [echoWorkflow],
    skills: [{ skill: echoSkill as unknown as AnySkill, run, packageName: 'test' }],
    workflow: (name, version) =>
      name === 'toy.echo' && (version ?? '1.1.0') === '1.1.0' ? echoWorkflow : undefined,
  };
  const woken: string[] = [];
  const engine: Engine = {
    dataSource: database.dataSource,
    store: openFileStore(folder),
    catalog,
    triggerServices: { resource: () => undefined },
    skills: await SkillRegistry.load(catalog, []),
    resources: new ResourceLibrary(folder),
    hits: new HitCounter(database.dataSource),
    reports: new Reports(database.dataSource, silent),
    leases: new LeaseKeeper({ databaseUrl: database.url, leaseMs: LEASE_MS }, silent),
    waker: { soon: cacheKey => void woken.push(cacheKey), turnsSoon: () => void woken.push('turns') },
    verifyAfterMs: 24 * 60 * 60 * 1000,
    log: silent,
  };
  await engine.leases.ready();
  const control = new RecordingControl();
  const { dataSource } = database;
  const service = new RunService({
    dataSource,
    store: engine.store,
    verifyAfterMs: engine.verifyAfterMs,
    catalog,
    control,
    triggerServices: { resource: () => undefined },
    log: silent,
  });
  const records: Repositories = repositories(dataSource);
  return {
    engine,
    control,
    service,
    records,
    dataSource,
    /** The keys whose waiters were to be woken, in order. */
    woken,
    folder,
    /** A run of toy.echo, and the request for its step `first`. */
    newRun: async (tenantId = TENANT) => {
      const created = await service.create(tenantId, { workflow: 'toy.echo', trigger: { text: 'trigger' } });
      return created.run;
    },
    /** How many rows a table has. */
    count: async (table: 'run' | 'run_step' | 'artifact' | 'step_cache'): Promise<number> => {
      const [row] = await dataSource.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM "${table}"`);
      return row!.n;
    },
    /** Empties the records and forgets the calls. */
    reset: async () => {
      await dataSource.query(
        'TRUNCATE "run", "run_step", "artifact", "step_cache", "workflow_graph", "step_claim", "claim_outcome", "event" CASCADE',
      );
      woken.length = 0;
      echo.calls.length = 0;
      echo.folders.length = 0;
      echo.hold = () => Promise.resolve();
      control.started.length = 0;
      control.failures.clear();
      control.asked = 0;
      control.cancelled.length = 0;
      control.states.clear();
      control.open.length = 0;
      control.terminated.length = 0;
      control.wakes.length = 0;
      control.refused.clear();
    },
    stop: async () => {
      await engine.leases.close();
      await engine.reports.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

const POLICY: StepPolicy = { attempts: 3, backoffMs: 1000, timeoutMs: 60_000, cache: 'global' };

export function stepRequest(
  run: { id: string; tenantId: string; rootRunId: string },
  stepId: string,
  keyedInput: unknown,
  more: Partial<Pick<StepRequest, 'fullInput' | 'skillVersion' | 'waited' | 'notBefore'>> & {
    policy?: Partial<StepPolicy>;
  } = {},
): StepRequest {
  return {
    runId: run.id,
    tenantId: run.tenantId,
    rootRunId: run.rootRunId,
    workflowId: `run-${run.id}`,
    workflowName: 'toy.echo',
    stepId,
    skillId: 'echo',
    skillVersion: more.skillVersion ?? '1.0.0',
    keyedInput,
    ...(more.fullInput !== undefined && { fullInput: more.fullInput }),
    ...(more.waited && { waited: true }),
    ...(more.notBefore !== undefined && { notBefore: more.notBefore }),
    policy: { ...POLICY, ...more.policy },
  };
}
