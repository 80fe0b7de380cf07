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
} from 'typeorm';
import { oneOf } from './columns.js';
import { Run } from './run.entity.js';
import { GATE_DEFAULTS, GATE_STATUSES, type GateDefault, type GateStatus } from './status.js';

/** A step of a run that waits for somebody's approval of what it shows. */
@Entity({ name: 'gate' })
@Unique('gate_run_step_key', ['runId', 'stepId'])
@Check('gate_status_check', oneOf('status', GATE_STATUSES))
@Check('gate_otherwise_check', oneOf('otherwise', GATE_DEFAULTS))
@Check('gate_decided_check', `("status" = 'open') = ("decidedAt" IS NULL)`)
@Index('gate_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
@Index('gate_tenant_open_idx', ['tenantId', 'createdAt', 'id'], { where: `"status" = 'open'` })
export class Gate {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'gate_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'uuid' })
  runId!: string;

  @Column({ type: 'text' })
  stepId!: string;

  /** Who may decide. */
  @Column({ type: 'text' })
  role!: string;

  /** What is to be approved: JSON, files as references with their digests. */
  @Column({ type: 'jsonb' })
  shown!: unknown;

  /** Digest of `shown`: a decision names it, so that nobody approves what they have not seen. */
  @Column({ type: 'text' })
  shownDigest!: string;

  /** What its deadline decides. */
  @Column({ type: 'text' })
  otherwise!: GateDefault;

  /** `closed`: its run ended before there was a decision. */
  @Column({ type: 'text', default: 'open' })
  status!: GateStatus;

  /** The deadline has decided. */
  @Column({ type: 'boolean', default: false })
  expired!: boolean;

  @Column({ type: 'text', nullable: true })
  decidedBy!: string | null;

  @Column({ type: 'text', nullable: true })
  comment!: string | null;

  @Column({ type: 'timestamptz' })
  deadlineAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  decidedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @ManyToOne(() => Run, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'runId', foreignKeyConstraintName: 'gate_run_fkey' })
  run?: Relation<Run>;
}
