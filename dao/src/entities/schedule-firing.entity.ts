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
import { FIRING_ORIGINS, FIRING_OUTCOMES, type FiringOrigin, type FiringOutcome } from './schedule-words.js';
import { Schedule } from './schedule.entity.js';

/** A time at which a schedule was due, and what came of it. */
@Entity({ name: 'schedule_firing' })
@Unique('schedule_firing_due_key', ['scheduleId', 'dueAt'])
@Check('schedule_firing_outcome_check', oneOf('outcome', FIRING_OUTCOMES))
@Check('schedule_firing_origin_check', oneOf('origin', FIRING_ORIGINS))
@Index('schedule_firing_pending_idx', ['scheduleId', 'dueAt'], { where: `"outcome" = 'pending'` })
export class ScheduleFiring {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'schedule_firing_pkey' })
  id!: string;

  @Column({ type: 'uuid' })
  scheduleId!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** With its jitter. */
  @Column({ type: 'timestamptz' })
  dueAt!: Date;

  /** Its time without jitter lies after this, and not after `dueAt`: by it its run is known. */
  @Column({ type: 'timestamptz' })
  nominalAfter!: Date;

  @Column({ type: 'text', default: 'clock' })
  origin!: FiringOrigin;

  @Column({ type: 'text', default: 'pending' })
  outcome!: FiringOutcome;

  /** Its first run; it may be deleted before the firing is. */
  @Column({ type: 'uuid', nullable: true })
  runId!: string | null;

  /** When the outcome was found. */
  @Column({ type: 'timestamptz', nullable: true })
  settledAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @ManyToOne(() => Schedule, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'scheduleId', foreignKeyConstraintName: 'schedule_firing_schedule_fkey' })
  schedule?: Relation<Schedule>;
}
