import { availableParallelism } from 'node:os';
import { CatalogError, type Catalog } from '@cairn/catalog';
import { ConfigurationError, type Configuration } from '@cairn/configuration';
import { skillSteps } from '@cairn/pipeline';
import { DEFAULT_QUEUE, queueOf } from '@cairn/skill-kit';

/** A queue that this process serves. */
export interface Pool {
  /** As skills, steps and operators call it. */
  readonly queue: string;
  /** As Temporal calls it. */
  readonly taskQueue: string;
  /** Steps at once in this process. */
  readonly slots: number;
  /** Whether it walks the graphs too: the main queue does. */
  readonly walks: boolean;
}

/** Steps at once on a queue whose skills fill a core each. */
const HEAVY = Math.max(1, availableParallelism());
/** Steps at once on the main queue, whose skills mostly wait. */
const LIGHT = 4 * HEAVY;

/**
 * The queues of the catalog that this worker serves, with their numbers of slots: the main one, those that skills
 * ask for or get by limiting their concurrency, and those that steps ask for instead.
 *
 * @throws CatalogError when two skills on one queue limit their concurrency differently.
 * @throws ConfigurationError when the environment names a queue that is not there, or gives one more slots than
 *   its skills allow.
 */
export function poolsOf(catalog: Catalog, configuration: Configuration): readonly Pool[] {
  const { queues, concurrency, taskQueue } = configuration;
  const limits = limitsOf(catalog);
  const known = queuesOf(catalog);
  refuseUnknown('CAIRN_QUEUES', queues ?? [], known);
  refuseUnknown('CAIRN_CONCURRENCY', Object.keys(concurrency), known);
  for (const [queue, { slots, skill }] of limits)
    if ((concurrency[queue] ?? slots) > slots)
      throw new ConfigurationError(
        `CAIRN_CONCURRENCY has ${queue}=${concurrency[queue]}, but ${skill} allows ${slots} at once`,
      );
  return known
    .filter(queue => queues?.includes(queue) ?? true)
    .map(queue => ({
      queue,
      taskQueue: queue === DEFAULT_QUEUE ? taskQueue : `${taskQueue}-${queue}`,
      slots: concurrency[queue] ?? limits.get(queue)?.slots ?? (queue === DEFAULT_QUEUE ? LIGHT : HEAVY),
      walks: queue === DEFAULT_QUEUE,
    }));
}

function queuesOf(catalog: Catalog): readonly string[] {
  const ofSkills = catalog.skills.map(({ skill }) => queueOf(skill.spec));
  const ofSteps = catalog.workflows.flatMap(({ graph }) =>
    skillSteps(graph).flatMap(step => step.policy.queue ?? []),
  );
  return [...new Set([DEFAULT_QUEUE, ...ofSkills, ...ofSteps])];
}

/** Of each queue on which a skill limits its concurrency, how much, and the first skill that does. */
function limitsOf(catalog: Catalog): ReadonlyMap<string, { readonly slots: number; readonly skill: string }> {
  const limits = new Map<string, { slots: number; skill: string }>();
  for (const { skill } of catalog.skills) {
    const slots = skill.spec.concurrency;
    if (slots === undefined) continue;
    const queue = queueOf(skill.spec);
    const other = limits.get(queue);
    if (other && other.slots !== slots)
      throw new CatalogError(
        `${other.skill} and ${skill.id} share the queue ${queue}, but ` +
          `one allows ${other.slots} at once and the other ${slots}: give one of them another queue`,
      );
    if (!other) limits.set(queue, { slots, skill: skill.id });
  }
  return limits;
}

function refuseUnknown(variable: string, named: readonly string[], known: readonly string[]): void {
  const unknown = named.find(queue => !known.includes(queue));
  if (unknown !== undefined)
    throw new ConfigurationError(
      `${variable} names the queue ${unknown}, but the catalog's are ${known.join(', ')}`,
    );
}
