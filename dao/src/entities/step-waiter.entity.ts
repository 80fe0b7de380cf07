import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { bigintAsNumber } from './columns.js';
import { Run } from './run.entity.js';

/** A step that waits for the holder of its cache key; and, once that has ended, the wake-up that it is owed. */
@Entity({ name: 'step_waiter' })
@Index('step_waiter_key_idx', ['cacheKey'])
@Index('step_waiter_wake_idx', ['wakeAt'], { where: '"wakeAt" IS NOT NULL' })
export class StepWaiter {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'step_waiter_pkey' })
  runId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'step_waiter_pkey' })
  stepId!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  cacheKey!: string;

  /** To whom the wake-up goes. */
  @Column({ type: 'text' })
  temporalWorkflowId!: string;

  @Column({ type: 'timestamptz' })
  waitsSince!: Date;

  /** The generation whose outcome is this step's too; null while none has ended. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  settledBy!: number | null;

  /** Since when a wake-up is due; null when there is none to send. */
  @Column({ type: 'timestamptz', nullable: true })
  wakeAt!: Date | null;

  @ManyToOne(() => Run, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'runId', foreignKeyConstraintName: 'step_waiter_run_fkey' })
  run?: Relation<Run>;
}
