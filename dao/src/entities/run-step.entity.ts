import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { bigintAsNumber, type JsonObject, oneOf } from './columns.js';
import { Run } from './run.entity.js';
import { RUN_STEP_STATUSES, type RunStepStatus, STEP_REASONS, type StepReason } from './status.js';

/** One step of one run. The unique constraint is the index on `runId` too. */
@Entity({ name: 'run_step' })
@Unique('run_step_run_step_key', ['runId', 'stepId'])
@Check('run_step_status_check', oneOf('status', RUN_STEP_STATUSES))
@Check('run_step_reason_check', oneOf('reason', STEP_REASONS))
@Check('run_step_skipped_check', `("status" = 'skipped') = ("reason" IS NOT NULL)`)
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

  /** Order in the graph, from 0. */
  @Column({ type: 'integer' })
  position!: number;

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
