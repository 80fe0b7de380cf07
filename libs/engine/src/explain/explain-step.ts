import { digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { repositories, type DataSource, type RunStep } from '@cairn/dao';
import { CairnError, ValidationError, type http } from '@cairn/dto';
import { allNodes, unkeyedFields, type Graph, type GraphNode } from '@cairn/pipeline';
import type { KeyIngredients } from '../keys/step-key.js';
import { changesBetween } from './changes.js';
import { comparedWith, EarlierExecutions, type StepPlace } from './earlier-executions.js';
import type { Comparison, ExplainedStep } from './explained-step.js';
import { outcomeOf } from './outcome.js';
import { Registrations } from './registrations.js';
import { reusedResult } from './reused-result.js';
import { waitsFor } from './waits-for.js';

/** What is listed of changes at most. */
const MOST_CHANGES = 100;

export interface ExplainParts {
  readonly dataSource: DataSource;
  readonly catalog: Catalog;
}

/**
 * Why a step was executed, or was not: what went into its result, against the nearest earlier execution of its skill,
 * or against the same step of another run.
 *
 * @param against the other run
 * @throws CairnError NOT_FOUND; ValidationError when the other run has no such step.
 */
export async function explainStep(
  parts: ExplainParts,
  tenantId: string,
  { runId, stepId, against }: { readonly runId: string; readonly stepId: string; readonly against?: string },
): Promise<http.StepExplanation> {
  const { dataSource } = parts;
  const explained = await readStep(dataSource, tenantId, runId, stepId);
  const { step } = explained;
  const comparison = await compare(parts, tenantId, explained, against);
  const result = await reusedResult(dataSource, tenantId, step);
  const { outcome, message } = outcomeOf(explained, result, comparison);
  const more = comparison.changes.length - MOST_CHANGES;
  return {
    runId,
    stepId,
    skillId: step.skillId,
    kind: step.kind,
    status: step.status,
    outcome,
    message,
    ...(comparison.against && { against: comparison.against }),
    changes: comparison.changes.slice(0, MOST_CHANGES),
    ...(more > 0 && { moreChanges: more }),
    ...(result && { result }),
    waitsFor: waitsFor(explained),
    unkeyed: explained.node ? [...unkeyedFields(explained.node)] : [],
    ...(step.error !== null && { error: { code: step.errorCode ?? 'UNKNOWN', message: step.error } }),
    ...(step.durationMs !== null && { durationMs: step.durationMs }),
    ...(step.completedAt && { completedAt: step.completedAt.toISOString() }),
  };
}

async function readStep(
  dataSource: DataSource,
  tenantId: string,
  runId: string,
  stepId: string,
): Promise<ExplainedStep> {
  const { runs, steps, graphs } = repositories(dataSource);
  const found = await runs.getRunWithSteps(tenantId, runId);
  const step = found && (await steps.getStep(tenantId, runId, stepId));
  if (!step)
    throw new CairnError('NOT_FOUND', found ? `The run has no step ${stepId}` : 'There is no such run');
  const { mapStepId, itemKey } = step;
  const ofItem =
    mapStepId === null || itemKey === null
      ? []
      : await steps.listItemSteps(tenantId, runId, mapStepId, [itemKey]);
  const graph = (await graphs.getGraph(found.run.graphDigest))?.graph as unknown as Graph | undefined;
  return {
    run: found.run,
    step,
    steps: [...found.steps, ...ofItem],
    node: graph && nodeOf(graph, step),
  };
}

function nodeOf(graph: Graph, { stepId, mapStepId }: RunStep): GraphNode | undefined {
  const id = mapStepId === null ? stepId : stepId.slice(stepId.lastIndexOf('.') + 1);
  return allNodes(graph).find(node => node.id === id);
}

async function compare(
  parts: ExplainParts,
  tenantId: string,
  { run, step }: ExplainedStep,
  against: string | undefined,
): Promise<Comparison> {
  const place = { skillId: step.skillId, workflowName: run.workflowName, stepId: step.stepId };
  const now = step.keyIngredients as KeyIngredients | null;
  const other =
    against === undefined
      ? now && (await nearestBefore(parts, tenantId, place, step, now))
      : await sameStepOf(parts, tenantId, against, place);
  if (!other) return { changes: [] };
  const { ingredients, compared } = other;
  if (!now || !ingredients) return { against: compared, changes: [] };
  const skill = parts.catalog.skills
    .map(entry => entry.skill)
    .find(({ id, version }) => id === now.skill && version === now.version);
  const registrations = new Registrations(parts.dataSource);
  return { against: compared, changes: await changesBetween(ingredients, now, skill, registrations) };
}

interface Other {
  readonly ingredients: KeyIngredients | null;
  readonly compared: http.ComparedWith;
}

async function nearestBefore(
  { dataSource }: ExplainParts,
  tenantId: string,
  place: StepPlace,
  step: RunStep,
  now: KeyIngredients,
): Promise<Other | undefined> {
  // What had ended before this one began: for a result that was there, that is the one who made it.
  const before = step.startedAt ?? step.completedAt ?? step.updatedAt;
  const key = { cacheKey: digestOf(now), ingredients: now };
  const nearest = await new EarlierExecutions(dataSource, tenantId, { before }).nearest(place, key);
  return nearest && { ingredients: nearest.keyIngredients, compared: comparedWith(nearest, place) };
}

async function sameStepOf(
  { dataSource }: ExplainParts,
  tenantId: string,
  runId: string,
  { workflowName, stepId }: StepPlace,
): Promise<Other> {
  const { runs, steps } = repositories(dataSource);
  const [run, step] = await Promise.all([
    runs.getRun(tenantId, runId),
    steps.getStep(tenantId, runId, stepId),
  ]);
  if (!run || !step) {
    const message = run ? `names a run that has no step ${stepId}` : 'names no run';
    throw new ValidationError([{ path: '/against', code: 'VALIDATION_ERROR', message }], 'The request');
  }
  return {
    ingredients: step.keyIngredients as KeyIngredients | null,
    compared: {
      runId,
      workflowName: run.workflowName,
      stepId,
      sameStep: run.workflowName === workflowName,
      ...(step.completedAt && { executedAt: step.completedAt.toISOString() }),
      ...(step.durationMs !== null && { durationMs: step.durationMs }),
    },
  };
}
