import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from './columns.js';

/** Something that happened, written in the transaction that made it true. Rows are never changed. */
@Entity({ name: 'event' })
@Index('event_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
@Index('event_run_idx', ['runId', 'createdAt', 'id'])
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

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
