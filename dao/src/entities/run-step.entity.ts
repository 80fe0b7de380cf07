import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { bigintAsNumber, type JsonObject, oneOf } from './columns.js';
import { Run } from './run.entity.js';
import {
  RUN_STEP_STATUSES,
  type RunStepStatus,
  STEP_KINDS,
  type StepKind,
  STEP_REASONS,
  type StepReason,
} from './status.js';

/** One step of one run. The unique constraint is the index on `runId` too. */
@Entity({ name: 'run_step' })
@Unique('run_step_run_step_key', ['runId', 'stepId'])
@Check('run_step_status_check', oneOf('status', RUN_STEP_STATUSES))
@Check('run_step_reason_check', oneOf('reason', STEP_REASONS))
@Check('run_step_skipped_check', `("status" = 'skipped') = ("reason" IS NOT NULL)`)
@Check('run_step_kind_check', oneOf('kind', STEP_KINDS))
@Check('run_step_item_check', '("mapStepId" IS NULL) = ("itemKey" IS NULL)')
@Index('run_step_item_idx', ['runId', 'mapStepId', 'itemKey'], { where: '"mapStepId" IS NOT NULL' })
@Index('run_step_executed_idx', ['tenantId', 'skillId', 'completedAt'], {
  where: `"status" = 'completed' AND NOT "cacheHit"`,
})
@Check('run_step_input_hash_check', `"inputHash" <> ''`)
@Check('run_step_attempt_check', '"attempt" >= 1')
export class RunStep {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'run_step_pkey' })
  id!: string;

  @Column({ type: 'uuid' })
  runId!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  stepId!: string;

  @Column({ type: 'text' })
  skillId!: string;

  /** Order in the graph, from 0; what is done for an item of a map has its map's place. */
  @Column({ type: 'integer' })
  position!: number;

  /** What it is in the graph; `skillId` is the skill's of a `step`, else `$map`, `$child` or `$gate`. */
  @Column({ type: 'text', default: 'step' })
  kind!: StepKind;

  /** Of what is done for an item of a map: the map. */
  @Column({ type: 'text', nullable: true })
  mapStepId!: string | null;

  /** Of what is done for an item of a map: the item's name. */
  @Column({ type: 'text', nullable: true })
  itemKey!: string | null;

  /** Of a child: its run. */
  @Column({ type: 'uuid', nullable: true })
  childRunId!: string | null;

  /** Of a step whose result was there already: the run that executed it, as far as that is known. */
  @Column({ type: 'uuid', nullable: true })
  madeByRunId!: string | null;

  @Column({ type: 'text', default: 'pending' })
  status!: RunStepStatus;

  /** Why it was skipped; set exactly when it was. */
  @Column({ type: 'text', nullable: true })
  reason!: StepReason | null;

  /** What a step that is not executing yet waits for, such as the holder of its lease. */
  @Column({ type: 'jsonb', nullable: true })
  waitingOn!: JsonObject | null;

  /** Digest of the symbolic input while pending, of the real input from then on. */
  @Column({ type: 'text' })
  inputHash!: string;

  @Column({ type: 'text', nullable: true })
  cacheKey!: string | null;

  /** What went into the cache key, to explain later why it differs from another. */
  @Column({ type: 'jsonb', nullable: true })
  keyIngredients!: unknown;

  /** What the skill was given where that is more than the key holds: with the values of `unkeyed()` fields. */
  @Column({ type: 'jsonb', nullable: true })
  fullInput!: unknown;

  /** The artifacts this step produced or reused. */
  @Column({ type: 'uuid', array: true, default: [] })
  outputArtifactIds!: string[];

  /** The small JSON output; artifacts are references in it. */
  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  /** The result came from the cache, or was adopted from another run that executed it meanwhile. */
  @Column({ type: 'boolean', default: false })
  cacheHit!: boolean;

  /** Milliseconds of the execution. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  durationMs!: number | null;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'text', nullable: true })
  errorCode!: string | null;

  /** The current attempt, counted from 1. */
  @Column({ type: 'integer', default: 1 })
  attempt!: number;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @ManyToOne(() => Run, run => run.steps, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'runId', foreignKeyConstraintName: 'run_step_run_fkey' })
  run?: Relation<Run>;
}
