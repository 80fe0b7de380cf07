import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { bigintAsNumber, type JsonObject, oneOf } from './columns.js';
import type { RunOptions } from './run.entity.js';
import { OVERLAPS, type Overlap } from './schedule-words.js';

/** When a schedule is due: at the times of cron expressions, or once in an interval. */
export interface ScheduleTimes {
  /** Cron expressions of five fields, or like `@daily`. */
  readonly cron?: readonly string[];
  /** Milliseconds; counted from 1970-01-01T00:00Z. */
  readonly everyMs?: number;
  /** Shifts an interval. Milliseconds. */
  readonly offsetMs?: number;
  /** In which cron expressions are read, e.g. `Europe/Berlin`; UTC unless told. */
  readonly timeZone?: string;
  /** Each firing is late by chance, by at most so much. Milliseconds. */
  readonly jitterMs?: number;
  /** Nothing is due before. ISO 8601. */
  readonly startAt?: string;
  /** Nothing is due after. ISO 8601. */
  readonly endAt?: string;
}

/** A time in which a schedule was, or is, paused. ISO 8601, of the database's clock. */
export interface Pause {
  readonly from: string;
  /** Absent while it lasts. */
  readonly until?: string;
}

/** A backfill that Temporal has not been given yet. */
export interface WantedBackfill {
  /** By which Temporal knows a repetition. */
  readonly id: string;
  /** ISO 8601, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly overlap: Overlap;
}

/** Runs of a workflow, again and again. This is what is wanted; Temporal has the clock, and is made to agree. */
@Entity({ name: 'schedule' })
@Check('schedule_overlap_check', oneOf('overlap', OVERLAPS))
@Index('schedule_tenant_name_key', ['tenantId', 'name'], { unique: true, where: '"deletedAt" IS NULL' })
@Index('schedule_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
@Index('schedule_look_idx', ['lookAt'])
export class Schedule {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'schedule_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** Unique among a tenant's schedules. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  workflowName!: string;

  /** The newest at each firing unless told. */
  @Column({ type: 'text', nullable: true })
  workflowVersion!: string | null;

  /** As it was given; it was valid then. */
  @Column({ type: 'jsonb' })
  trigger!: JsonObject;

  /** What the runs ask of the cache. */
  @Column({ type: 'jsonb', default: {} })
  options!: RunOptions;

  @Column({ type: 'jsonb' })
  times!: ScheduleTimes;

  /** What becomes of a firing while a run of an earlier one is under way. */
  @Column({ type: 'text', default: 'skip' })
  overlap!: Overlap;

  /** A firing that is later than this, as after an outage, is missed. Milliseconds. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  catchupMs!: number;

  /** How many runs are started yet, as it was asked for in the revision `limitRevision`; Temporal counts them down. */
  @Column({ type: 'integer', nullable: true })
  limit!: number | null;

  @Column({ type: 'integer', default: 1 })
  limitRevision!: number;

  @Column({ type: 'boolean', default: false })
  paused!: boolean;

  /** Why it is paused, or was resumed. */
  @Column({ type: 'text', nullable: true })
  note!: string | null;

  /** The pauses that firings may still fall into which are not judged yet. */
  @Column({ type: 'jsonb', default: [] })
  pauses!: readonly Pause[];

  /** Backfills that Temporal is to be given. */
  @Column({ type: 'jsonb', default: [] })
  backfills!: readonly WantedBackfill[];

  /** Counts the definitions. */
  @Column({ type: 'integer', default: 1 })
  revision!: number;

  /** The definition that Temporal has; 0 before it has any. */
  @Column({ type: 'integer', default: 0 })
  appliedRevision!: number;

  /** Whether Temporal knows that it is paused, or is not. */
  @Column({ type: 'boolean', default: false })
  pauseApplied!: boolean;

  /** Why Temporal refuses the definition. */
  @Column({ type: 'text', nullable: true })
  syncError!: string | null;

  /** Nothing will be due any more. */
  @Column({ type: 'boolean', default: false })
  exhausted!: boolean;

  /** All that was due up to here is among the firings. */
  @Column({ type: 'timestamptz' })
  dueKnownUntil!: Date;

  /** The newest firing that was due. */
  @Column({ type: 'timestamptz', nullable: true })
  lastDueAt!: Date | null;

  /** How many of the firings that Temporal has skipped are accounted for. */
  @Column({ type: 'integer', default: 0 })
  accountedSkips!: number;

  /** How many of those that Temporal has missed. */
  @Column({ type: 'integer', default: 0 })
  accountedMisses!: number;

  /** When it is compared with Temporal next. */
  @Column({ type: 'timestamptz' })
  lookAt!: Date;

  /** Somebody compares it with Temporal until then. */
  @Column({ type: 'timestamptz', nullable: true })
  heldUntil!: Date | null;

  /** Counts what was asked of it: whoever compares it knows whether something came in between. */
  @Column({ type: 'integer', default: 0 })
  wishes!: number;

  /** It is gone once Temporal has forgotten it. */
  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
