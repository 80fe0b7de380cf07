import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintAsNumber, type JsonObject } from './columns.js';

/** Something that happened, written in the transaction that made it true. Only its position comes later. */
@Entity({ name: 'event' })
@Index('event_unsequenced_idx', ['txid'], { where: '"position" IS NULL' })
@Index('event_position_key', ['tenantId', 'position'], { unique: true, where: '"position" IS NOT NULL' })
@Index('event_run_position_idx', ['runId', 'position'], {
  where: '"runId" IS NOT NULL AND "position" IS NOT NULL',
})
@Index('event_attempt_key', ['runId', 'stepId', 'attempt', 'type'], {
  unique: true,
  where: '"attempt" IS NOT NULL',
})
export class Event {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'event_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** e.g. `cache.entry_dead`. */
  @Column({ type: 'text' })
  type!: string;

  /** The run that it happened in; it may be deleted before the event is. */
  @Column({ type: 'uuid', nullable: true })
  runId!: string | null;

  @Column({ type: 'text', nullable: true })
  stepId!: string | null;

  /** With an attempt, an event of a type happens once to it, however often its activity is repeated. */
  @Column({ type: 'integer', nullable: true })
  attempt!: number | null;

  @Column({ type: 'jsonb', default: {} })
  data!: JsonObject;

  /** Who asked for it; null for what the engine does by itself. */
  @Column({ type: 'text', nullable: true })
  actor!: string | null;

  /** Its place in the tenant's log: 1, 2, 3, … without a gap. Null until the sequencer has given it. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  position!: number | null;

  /** The transaction that wrote it (64 bits: it never wraps around). No transaction of that id or below is to come once it has ended. */
  @Column({
    type: 'bigint',
    // As TypeORM reads it back: it leaves out the casts, `::text` and `::bigint`.
    default: () => '((pg_current_xact_id()))',
    transformer: bigintAsNumber,
  })
  txid!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
