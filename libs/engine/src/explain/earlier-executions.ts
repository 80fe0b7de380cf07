import { repositories, type DataSource, type Execution } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { KeyIngredients, StepKey } from '../keys/step-key.js';
import { distance } from './changes.js';

/** How many of a skill's executions are looked at, the last ones. */
const MOST = 50;

/** Where a step is, across runs. */
export interface StepPlace {
  readonly skillId: string;
  readonly workflowName: string;
  readonly stepId: string;
}

/** An execution of which it is known what went in. */
export type KnownExecution = Execution & { readonly keyIngredients: KeyIngredients };

/** A skill's executions, the newest first, and where to find them. */
interface SkillHistory {
  readonly all: readonly KnownExecution[];
  /** The newest of each key. */
  readonly byKey: ReadonlyMap<string, KnownExecution>;
  readonly byStep: ReadonlyMap<string, readonly KnownExecution[]>;
}

/** The last executions of skills in a tenant, each skill's read once. */
export class EarlierExecutions {
  private readonly bySkill = new Map<string, Promise<SkillHistory>>();

  /**
   * @param before only those that had ended then; all unless given
   * @param most how many of each skill are read; of steps other than its own, a step is compared with the last 50 only
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly tenantId: string,
    private readonly settings: { readonly before?: Date; readonly most?: number } = {},
  ) {}

  /** The last 50, the newest first. */
  async of(skillId: string): Promise<readonly KnownExecution[]> {
    return (await this.history(skillId)).all.slice(0, MOST);
  }

  /** Those of one step of one workflow, the newest first. */
  async ofStep(place: StepPlace): Promise<readonly KnownExecution[]> {
    return (await this.history(place.skillId)).byStep.get(nameOf(place)) ?? [];
  }

  /**
   * The execution that differs least: one of the same key, else of the same step of the same workflow, else of any step;
   * of equally near ones the last. Undefined when the skill was never executed.
   */
  async nearest(
    place: StepPlace,
    { cacheKey, ingredients }: Pick<StepKey, 'cacheKey' | 'ingredients'>,
  ): Promise<KnownExecution | undefined> {
    const same = await this.ofStep(place);
    const exact =
      same.find(each => each.cacheKey === cacheKey) ??
      (await this.history(place.skillId)).byKey.get(cacheKey);
    if (exact) return exact;
    const pool = same.length > 0 ? same : await this.of(place.skillId);
    const distances = pool.map(each => distance(each.keyIngredients, ingredients));
    return pool[distances.indexOf(Math.min(...distances))];
  }

  private history(skillId: string): Promise<SkillHistory> {
    const known = this.bySkill.get(skillId) ?? this.read(skillId);
    this.bySkill.set(skillId, known);
    return known;
  }

  private async read(skillId: string): Promise<SkillHistory> {
    const { before, most = MOST } = this.settings;
    const rows = await repositories(this.dataSource).executions.listExecutions(this.tenantId, skillId, {
      limit: most,
      ...(before && { before }),
    });
    const all = rows.filter((row): row is KnownExecution => row.keyIngredients !== null);
    const byKey = new Map<string, KnownExecution>();
    const byStep = new Map<string, KnownExecution[]>();
    for (const execution of all) {
      const { cacheKey } = execution;
      if (cacheKey !== null && !byKey.has(cacheKey)) byKey.set(cacheKey, execution);
      byStep.set(nameOf(execution), [...(byStep.get(nameOf(execution)) ?? []), execution]);
    }
    return { all, byKey, byStep };
  }
}

const nameOf = ({ workflowName, stepId }: Pick<StepPlace, 'workflowName' | 'stepId'>) =>
  `${workflowName} ${stepId}`;

/** Whether an execution is one of this very step. */
export function isAt(execution: Execution, { workflowName, stepId }: StepPlace): boolean {
  return execution.workflowName === workflowName && execution.stepId === stepId;
}

/** An execution as answers name it. */
export function comparedWith(execution: Execution, place: StepPlace): http.ComparedWith {
  const { runId, workflowName, stepId, completedAt, durationMs } = execution;
  return {
    runId,
    workflowName,
    stepId,
    sameStep: isAt(execution, place),
    executedAt: completedAt.toISOString(),
    ...(durationMs !== null && { durationMs }),
  };
}
