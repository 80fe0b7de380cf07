import { repositories, type DataSource, type Execution } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { KeyIngredients } from '../keys/step-key.js';
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

/** The last executions of skills in a tenant, each skill's read once. */
export class EarlierExecutions {
  private readonly bySkill = new Map<string, Promise<readonly KnownExecution[]>>();

  /**
   * @param before only those that had ended then; all unless given
   * @param most how many of each skill are looked at
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly tenantId: string,
    private readonly settings: { readonly before?: Date; readonly most?: number } = {},
  ) {}

  /** The newest first. */
  of(skillId: string): Promise<readonly KnownExecution[]> {
    const known = this.bySkill.get(skillId) ?? this.read(skillId);
    this.bySkill.set(skillId, known);
    return known;
  }

  /** Those of one step of one workflow, the newest first. */
  async ofStep(place: StepPlace): Promise<readonly KnownExecution[]> {
    return (await this.of(place.skillId)).filter(execution => isAt(execution, place));
  }

  /**
   * The execution that differs least: one of the same key, else of the same step of the same workflow, else of any step;
   * of equally near ones the last. Undefined when the skill was never executed.
   */
  async nearest(place: StepPlace, ingredients: KeyIngredients): Promise<KnownExecution | undefined> {
    const all = await this.of(place.skillId);
    const distances = new Map(all.map(each => [each, distance(each.keyIngredients, ingredients)]));
    const same = all.filter(each => isAt(each, place));
    const exact = [...same, ...all].find(each => distances.get(each) === 0);
    const [first, ...others] = same.length > 0 ? same : all;
    return (
      exact ??
      others.reduce((best, each) => (distances.get(each)! < distances.get(best!)! ? each : best), first)
    );
  }

  private async read(skillId: string): Promise<readonly KnownExecution[]> {
    const { before, most = MOST } = this.settings;
    const rows = await repositories(this.dataSource).executions.listExecutions(this.tenantId, skillId, {
      limit: most,
      ...(before && { before }),
    });
    return rows.filter((row): row is KnownExecution => row.keyIngredients !== null);
  }
}

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
