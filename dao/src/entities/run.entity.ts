import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  OneToMany,
  PrimaryColumn,
  type Relation,
  Unique,
  UpdateDateColumn,
} from 'typeorm';
import { Artifact } from './artifact.entity.js';
import { type JsonObject, oneOf } from './columns.js';
import { RunStep } from './run-step.entity.js';
import { RUN_STATUSES, type RunStatus } from './status.js';

/** What a run asks of the cache. */
export interface RunOptions {
  /** Results claimed before the run was made are not used: those of all steps, or of the named ones. */
  readonly refresh?: true | readonly string[];
  /** The cache is neither read nor written. */
  readonly bypass?: true;
}

/** One execution of a workflow. */
@Entity({ name: 'run' })
@Unique('run_tenant_idempotency_key', ['tenantId', 'idempotencyKey'])
@Check('run_status_check', oneOf('status', RUN_STATUSES))
@Index('run_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
@Index('run_tenant_status_idx', ['tenantId', 'status', 'createdAt', 'id'])
@Index('run_tenant_workflow_idx', ['tenantId', 'workflowName', 'createdAt', 'id'])
@Index('run_parent_idx', ['parentRunId'], { where: '"parentRunId" IS NOT NULL' })
@Index('run_root_idx', ['rootRunId'])
@Index('run_retry_idx', ['retryOfRunId'], { where: '"retryOfRunId" IS NOT NULL' })
@Index('run_schedule_idx', ['scheduleId', 'createdAt', 'id'], { where: '"scheduleId" IS NOT NULL' })
@Index('run_schedule_due_idx', ['scheduleId', 'scheduledFor'], { where: '"scheduledFor" IS NOT NULL' })
@Index('run_tenant_live_idx', ['tenantId', 'status', 'createdAt', 'id'], {
  where: `"status" IN ('queued', 'running')`,
})
@Index('run_turn_given_idx', ['turnGivenAt'], { where: `"status" = 'queued' AND "turnGivenAt" IS NOT NULL` })
@Index('run_live_idx', ['status', 'createdAt'], { where: `"status" IN ('queued', 'running')` })
export class Run {
  /** A UUIDv7, or for a scheduled run one derived from its Temporal execution; also the stem of the Temporal workflow id. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'run_pkey' })
  id!: string;

  /** The isolation boundary: every query is scoped by it. */
  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  workflowName!: string;

  @Column({ type: 'text' })
  workflowVersion!: string;

  @Column({ type: 'text', default: 'queued' })
  status!: RunStatus;

  /** What started it, valid against the workflow's schema, defaults filled in. */
  @Column({ type: 'jsonb' })
  trigger!: JsonObject;

  /** What the request asked of the cache: see RunOptions. */
  @Column({ type: 'jsonb', default: {} })
  options!: RunOptions;

  /** Not deleted by retention. */
  @Column({ type: 'boolean', default: false })
  pinned!: boolean;

  /** Refs, artifacts by step and computed data; grows as steps finish. */
  @Column({ type: 'jsonb', default: {} })
  context!: JsonObject;

  /** Why it failed, for a reader. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** Why it failed, for a program. */
  @Column({ type: 'text', nullable: true })
  errorCode!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  @Column({ type: 'text' })
  temporalWorkflowId!: string;

  /** The graph this run is pinned to: a WorkflowGraph's digest. */
  @Column({ type: 'text' })
  graphDigest!: string;

  /** The first run of a chain of retries and resumes; the run itself when it is the first. */
  @Column({ type: 'uuid' })
  rootRunId!: string;

  @Column({ type: 'uuid', nullable: true })
  parentRunId!: string | null;

  @Column({ type: 'uuid', nullable: true })
  retryOfRunId!: string | null;

  @Column({ type: 'uuid', nullable: true })
  forkOfRunId!: string | null;

  /** Of a fork: the step from which on it is a run of its own; all that does not follow from it is taken over. */
  @Column({ type: 'text', nullable: true })
  forkFromStepId!: string | null;

  /** Of a fork: what is changed in the inputs of steps, by step id, each a JSON Merge Patch (RFC 7396). */
  @Column({ type: 'jsonb', default: {} })
  inputEdits!: JsonObject;

  @Column({ type: 'text', nullable: true })
  scheduleId!: string | null;

  /** Of a run that a schedule has started: the time that it is for, without jitter. */
  @Column({ type: 'timestamptz', nullable: true })
  scheduledFor!: Date | null;

  @Column({ type: 'text', nullable: true })
  idempotencyKey!: string | null;

  /** Digest of the request that came with the idempotency key, to tell a repetition from a misuse. */
  @Column({ type: 'text', nullable: true })
  requestDigest!: string | null;

  /** When Temporal last accepted the start. */
  @Column({ type: 'timestamptz', nullable: true })
  startRequestedAt!: Date | null;

  /** When the record was last compared with Temporal, or, before Temporal took it, when its start was last tried. */
  @Column({ type: 'timestamptz', nullable: true })
  reconciledAt!: Date | null;

  /** When its workflow asked to begin and was told to wait, as its tenant may run only so many at once. */
  @Column({ type: 'timestamptz', nullable: true })
  turnAskedAt!: Date | null;

  /** When it got its turn. */
  @Column({ type: 'timestamptz', nullable: true })
  turnGivenAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  startedAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @OneToMany(() => RunStep, step => step.run)
  steps?: Relation<RunStep[]>;

  @OneToMany(() => Artifact, artifact => artifact.run)
  artifacts?: Relation<Artifact[]>;
}
