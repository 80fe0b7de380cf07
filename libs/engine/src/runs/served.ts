import type { Catalog } from '@cairn/catalog';
import { repositories, type DataSource, type LiveSkill } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import { skillSteps, type Graph, type StepNode } from '@cairn/pipeline';
import { DEFAULT_QUEUE, queueOf } from '@cairn/skill-kit';
import { BUILD_LIVE_MS } from '../skills/register-build.js';
import { familyOf } from './family-of.js';

/** The workers that live and the run that is asked for do not fit together. */
export class SkillNotServedError extends CairnError {
  constructor(
    readonly skillId: string,
    readonly version: string,
    message: string,
  ) {
    super('SKILL_NOT_SERVED', message, { retryable: true });
  }
}

/**
 * Refuses a run that the live workers disagree with, instead of letting it wait and fail. A live worker is one whose
 * build was registered within {@link BUILD_LIVE_MS}. For each skill of the graph and of the graphs of its children, in the
 * version that the graph names:
 *
 * 1. A live build has it: fine.
 * 2. Live builds have the skill, and only in other versions: refused.
 * 3. No live build has the skill at all. It is refused if a live build surely serves the queue in which the step would
 *    wait: its worker would get the step, and not know it. Otherwise it is accepted, and waits: which queues are served at the
 *    moment is for the operator to say. With no live worker at all every run is accepted.
 *
 * A build surely serves a queue when it has a skill that only this queue can have brought to it: one that asks for the
 * queue itself, and that no step of the catalog has in another. And it would have the step's skill if its catalog had
 * it only where the step waits in the skill's own queue; a queue that a step asks for instead proves nothing.
 *
 * @throws SkillNotServedError
 */
export async function refuseUnserved(
  { dataSource, catalog }: { readonly dataSource: DataSource; readonly catalog: Catalog },
  graph: Graph,
): Promise<void> {
  const live = await repositories(dataSource).workerSkills.listLive(BUILD_LIVE_MS);
  if (live.length === 0) return;
  for (const step of familyOf(graph, catalog).flatMap(skillSteps)) {
    const { skill, skillVersion } = step;
    const known = live.filter(({ skillId }) => skillId === skill);
    if (known.some(row => row.skillVersion === skillVersion)) continue;
    if (known.length > 0) throw otherVersions(step, known);
    if (bringers(catalog, step, live).length > 0) throw unknownSkill(step, live);
  }
}

function otherVersions({ id, skill, skillVersion }: StepNode, known: readonly LiveSkill[]) {
  const versions = [...new Set(known.map(row => row.skillVersion))].join(', ');
  return new SkillNotServedError(
    skill,
    skillVersion,
    `The step ${id} wants the skill ${skill} in version ${skillVersion}; live workers have ${versions}. ` +
      'Start a worker that has it, or ask for a version of the workflow that wants theirs',
  );
}

function unknownSkill({ id, skill, skillVersion }: StepNode, live: readonly LiveSkill[]) {
  const known = [...new Set(live.map(row => `${row.skillId} ${row.skillVersion}`))];
  const more = known.length > MOST_NAMED ? ` and ${known.length - MOST_NAMED} more` : '';
  return new SkillNotServedError(
    skill,
    skillVersion,
    `The step ${id} wants the skill ${skill} ${skillVersion}, and no live worker has it; they have ` +
      `${known.slice(0, MOST_NAMED).join(', ')}${more}. Start the workers with the catalog that the API has`,
  );
}

/** How many skills a refusal names. */
const MOST_NAMED = 20;

/** Live skills that show that the queue of a step is served by a worker that would have its skill, if it could. */
function bringers(catalog: Catalog, step: StepNode, live: readonly LiveSkill[]): readonly LiveSkill[] {
  const declared = catalog.skills.find(
    ({ skill }) => skill.id === step.skill && skill.version === step.skillVersion,
  );
  const queue = step.policy.queue ?? DEFAULT_QUEUE;
  if (!declared || queueOf(declared.skill.spec) !== queue) return [];
  const elsewhere = new Set(
    catalog.workflows
      .flatMap(workflow => skillSteps(workflow.graph))
      .flatMap(({ skill, policy }) => ((policy.queue ?? DEFAULT_QUEUE) === queue ? [] : [skill])),
  );
  return live.filter(row => (row.queue ?? DEFAULT_QUEUE) === queue && !elsewhere.has(row.skillId));
}
