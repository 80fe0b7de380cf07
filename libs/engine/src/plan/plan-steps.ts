import { repositories } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { KnownExecution } from '../explain/earlier-executions.js';
import { findResults, type KeptResult } from './find-results.js';
import { keyTask, policyOf, type TaskKey } from './key-task.js';
import { certainMiss, isRefreshed, missOf, repeated } from './misses.js';
import type { NodePlan, StepTask } from './node-plan.js';
import type { PlanContext } from './plan-context.js';
import { known, pathText, together, type OpenPath, type Output } from './scope.js';
import { turnOf, type Turn } from './turn.js';
import { usualTime } from './usual-time.js';

/** A verdict before it is known what the step gave before. */
interface Draft extends Omit<NodePlan, 'node' | 'name' | 'output' | 'expectedMs'> {
  readonly output: Output | { readonly repeats: KnownExecution | undefined };
}

/**
 * Plans steps that do not depend on each other, with two queries for all. Their outputs are for the caller to put into
 * scopes.
 */
export async function planSteps(
  context: PlanContext,
  tasks: readonly StepTask[],
): Promise<readonly NodePlan[]> {
  const turns = tasks.map(({ node, scope }) => turnOf(node, scope));
  const keys = await Promise.all(
    tasks.map((task, at) =>
      turns[at]!.kind === 'on' || turns[at]!.kind === 'on_if' ? keyTask(context, task) : undefined,
    ),
  );
  const asked = tasks.flatMap((task, at) => {
    const key = keys[at];
    return key?.kind === 'key' && policyOf(task, context).cache !== 'never' ? [key.key.cacheKey] : [];
  });
  const results = await findResults(context, asked);
  const drafts: Draft[] = [];
  // One after the other: a step may take the result of one before it.
  for (const [at, task] of tasks.entries())
    drafts.push(await draft(context, task, turns[at]!, keys[at], results));
  return finished(context, tasks, drafts);
}

/** Puts in what executions gave before, and how long they took. */
async function finished(
  context: PlanContext,
  tasks: readonly StepTask[],
  drafts: readonly Draft[],
): Promise<readonly NodePlan[]> {
  const repeats = drafts.flatMap(({ output }) =>
    'repeats' in output && output.repeats ? [output.repeats.id] : [],
  );
  const outputs = await repositories(context.dataSource).executions.outputsOf(context.tenantId, repeats);
  return Promise.all(
    drafts.map(async ({ output, ...plan }, at) => {
      const { node, name, place } = tasks[at]!;
      const expectedMs = await usualTime(context.executions, place);
      return {
        node,
        name,
        ...plan,
        output: 'repeats' in output ? opened(output.repeats, outputs) : output,
        ...(expectedMs !== undefined && { expectedMs }),
      };
    }),
  );
}

const opened = (execution: KnownExecution | undefined, outputs: ReadonlyMap<string, unknown>): Output =>
  execution && outputs.has(execution.id)
    ? { kind: 'open', before: { value: outputs.get(execution.id) } }
    : { kind: 'open' };

async function draft(
  context: PlanContext,
  task: StepTask,
  turn: Turn,
  key: TaskKey | undefined,
  results: ReadonlyMap<string, KeptResult>,
): Promise<Draft> {
  const openPaths = 'hangsOn' in turn ? together(task.given, turn.hangsOn) : task.given;
  if (turn.kind === 'off' || turn.kind === 'off_if') return leftOut(turn, openPaths);
  if (turn.kind === 'undecided')
    return undecided(
      context,
      task,
      'its condition is open: there is no earlier execution to go by',
      openPaths,
    );
  if (key!.kind === 'invalid') return failing(key!.message, openPaths);
  const all = together(openPaths, key!.hangsOn);
  if (key!.kind === 'key') return decided(context, task, key!.key, openPaths, all, results);
  const certain = certainMiss(task, context);
  if (!certain || openPaths.length > 0) return undecided(context, task, key!.message, all);
  const history = await context.executions.of(task.node.skill);
  const why =
    history.length > 0
      ? certain
      : { reason: 'first_time' as const, message: `${task.node.skill} was not executed before` };
  const [last] = await context.executions.ofStep(task.place);
  return {
    verdict: 'miss',
    ...why,
    message: executes(why.message),
    openPaths: [],
    changes: [],
    output: { repeats: last },
  };
}

const executes = (why: string) => `executes: ${why}`;

/** The verdict on a step whose key is known, or can be predicted. */
async function decided(
  context: PlanContext,
  task: StepTask,
  key: Extract<TaskKey, { kind: 'key' }>['key'],
  given: readonly OpenPath[],
  openPaths: readonly OpenPath[],
  results: ReadonlyMap<string, KeptResult>,
): Promise<Draft> {
  const { cacheKey } = key;
  const surely = openPaths.length === 0;
  const keeps = policyOf(task, context).cache !== 'never';
  const kept = keeps ? results.get(cacheKey) : undefined;
  const fields = { cacheKey, openPaths, changes: [] };
  if (kept?.kind === 'usable' && !isRefreshed(task, context)) {
    const hit = hitView(kept);
    return {
      ...fields,
      verdict: surely ? 'hit' : 'hit_if_unchanged',
      message: `${ifUnchanged(openPaths)}taken from the cache: run ${hit.madeByRunId} made it`,
      hit,
      output: surely
        ? known(kept.outputs.output)
        : { kind: 'open', before: { value: kept.outputs.output }, hangsOn: openPaths },
    };
  }
  const twin = keeps ? context.executing.get(cacheKey) : undefined;
  if (twin) {
    // They are the same as long as what the keys of both hang on comes out as before.
    const hangsOn = together(openPaths, twin.openPaths);
    return {
      ...fields,
      openPaths: hangsOn,
      verdict: hangsOn.length === 0 ? 'hit' : 'hit_if_unchanged',
      sameAs: twin.name,
      message: `${ifUnchanged(hangsOn)}the same as ${twin.name}: one execution for both`,
      output: { repeats: twin.repeats },
    };
  }
  const miss = await missOf(task, key, kept?.kind === 'usable' ? undefined : kept, context);
  const repeats = repeated(task, miss);
  const certain = given.length === 0 && (surely || certainMiss(task, context) !== undefined);
  if (keeps) context.executing.set(cacheKey, { name: task.name, openPaths, repeats });
  return {
    ...fields,
    verdict: certain ? 'miss' : 'miss_if_unchanged',
    ...(certain && { openPaths: [] }),
    reason: miss.reason,
    message: `${certain ? '' : ifUnchanged(openPaths, 'even if')}${executes(miss.message)}`,
    changes: miss.changes,
    ...(miss.against && { against: miss.against }),
    output: { repeats },
  };
}

function ifUnchanged(openPaths: readonly OpenPath[], how = 'if'): string {
  const [first, ...others] = openPaths;
  if (!first) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${how} ${pathText(first)}${more} come${others.length > 0 ? '' : 's'} out as before, `;
}

function hitView({ entry }: Extract<KeptResult, { kind: 'usable' }>): http.ReusedResult {
  return {
    madeByRunId: entry.runId,
    madeByStepId: entry.stepId,
    madeAt: entry.createdAt.toISOString(),
    hitCount: entry.hitCount,
    ...(entry.expiresAt && { expiresAt: entry.expiresAt.toISOString() }),
    ...(entry.durationMs !== null && { savesMs: entry.durationMs }),
  };
}

function leftOut(turn: Turn, openPaths: readonly OpenPath[]): Draft {
  const surely = turn.kind === 'off' && openPaths.length === 0;
  return {
    verdict: surely ? 'off' : 'off_if_unchanged',
    message: `${ifUnchanged(openPaths)}left out: its condition is not true`,
    openPaths,
    changes: [],
    output: surely ? known(undefined) : { kind: 'open', before: { value: undefined }, hangsOn: openPaths },
  };
}

async function undecided(
  context: PlanContext,
  task: StepTask,
  why: string,
  openPaths: readonly OpenPath[],
): Promise<Draft> {
  const [last] = await context.executions.ofStep(task.place);
  return {
    verdict: 'undecided',
    message: `cannot be told: ${why}`,
    openPaths,
    changes: [],
    output: { repeats: last },
  };
}

function failing(message: string, openPaths: readonly OpenPath[]): Draft {
  return {
    verdict: openPaths.length === 0 ? 'miss' : 'miss_if_unchanged',
    reason: 'invalid',
    message: `${ifUnchanged(openPaths)}it will fail: ${message}`,
    openPaths,
    changes: [],
    output: { kind: 'open' },
  };
}
