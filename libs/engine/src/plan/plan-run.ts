import { digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { newId, repositories } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { skillSteps, type AnyWorkflow, type Graph } from '@cairn/pipeline';
import { EarlierExecutions } from '../explain/earlier-executions.js';
import { Registrations } from '../explain/registrations.js';
import { completeTrigger, refuseWhatIsNotJson } from '../runs/complete-trigger.js';
import { familyOf } from '../runs/family-of.js';
import { findWorkflow } from '../runs/find-workflow.js';
import { runOptions } from '../runs/run-options.js';
import type { RunRequest } from '../runs/run-service.js';
import { refuseUnserved, SkillNotServedError } from '../runs/served.js';
import type { NodePlan } from './node-plan.js';
import type { PlanContext, PlanParts } from './plan-context.js';
import { planGroups } from './plan-graph.js';
import { expectedTime } from './plan-time.js';
import { stepViews } from './plan-view.js';
import { plannedSkills, workersView, type WantedSkill } from './planned-skills.js';
import { known, Scope } from './scope.js';
import { countsOf, inWords } from './summary.js';

/** Executions of a skill that are looked at where a map does many. */
const MOST_OF_MAPS = 2_000;

/** A plan with all that it was made of. */
export interface DetailedPlan {
  readonly workflow: AnyWorkflow;
  readonly nodes: readonly NodePlan[];
  readonly skills: PlanContext['skills'];
}

/**
 * What a run would do, by partial evaluation: executes and records nothing.
 *
 * @throws what starting such a run throws: ValidationError with JSON Pointers into the trigger; StoreUnavailableError.
 */
export async function planRun(parts: PlanParts, tenantId: string, request: RunRequest): Promise<http.Plan> {
  const { workflow, nodes, skills } = await planInDetail(parts, tenantId, request);
  const counts = countsOf(nodes);
  const workers = workersView(skills.values(), await refusalOf(parts, workflow.graph));
  return {
    workflowName: workflow.name,
    workflowVersion: workflow.version,
    graphDigest: digestOf(workflow.graph),
    message: `${workflow.name} ${workflow.version}: ${inWords(counts)}${workers.ready ? '' : `; ${workers.message}`}`,
    counts,
    expected: expectedTime(nodes),
    workers,
    steps: stepViews(nodes),
  };
}

/** As {@link planRun}, with the values that predictions are made of. */
export async function planInDetail(
  parts: PlanParts,
  tenantId: string,
  request: RunRequest,
): Promise<DetailedPlan> {
  const workflow = findWorkflow(parts.catalog, request);
  refuseWhatIsNotJson(workflow, request.trigger);
  const options = runOptions(workflow, request.options);
  const sources = { ...parts, onlyLook: true as const };
  const { trigger } = await completeTrigger(sources, tenantId, workflow, request.trigger);
  const wanted = wantedSkills(workflow.graph, parts.catalog);
  const { dataSource, catalog } = parts;
  const skillIds = [...new Set(wanted.map(({ skillId }) => skillId))];
  const hasMaps = familyOf(workflow.graph, catalog).some(({ steps }) =>
    steps.some(({ kind }) => kind === 'map'),
  );
  const context: PlanContext = {
    ...parts,
    tenantId,
    facts: { id: newId(), created_at: new Date().toISOString(), tenant: tenantId },
    options,
    executions: new EarlierExecutions(dataSource, tenantId, hasMaps ? { most: MOST_OF_MAPS } : {}),
    registrations: new Registrations(dataSource),
    skills: await plannedSkills(dataSource, catalog, wanted),
    kept: await repositories(dataSource).cache.skillsWithEntries(tenantId, skillIds),
    executing: new Map(),
  };
  const scope = new Scope();
  scope.set('$trigger', known(trigger));
  scope.set('$run', known(context.facts));
  const [nodes = []] = await planGroups(context, [
    {
      nodes: workflow.graph.steps,
      scope,
      workflowName: workflow.name,
      nameOf: id => id,
      stepIdOf: id => id,
      refreshedAs: id => [id],
      given: [],
    },
  ]);
  return { workflow, nodes, skills: context.skills };
}

/** With what a run of a graph would be refused for the workers there are; undefined when it would be taken. */
async function refusalOf(parts: PlanParts, graph: Graph): Promise<string | undefined> {
  try {
    await refuseUnserved(parts, graph);
    return undefined;
  } catch (error) {
    if (error instanceof SkillNotServedError) return error.message;
    throw error;
  }
}

function wantedSkills(graph: Graph, catalog: Catalog): readonly WantedSkill[] {
  return familyOf(graph, catalog)
    .flatMap(skillSteps)
    .map(({ skill, skillVersion }) => ({ skillId: skill, version: skillVersion }));
}
