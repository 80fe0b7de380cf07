import { Check, Column, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { bigintAsNumber } from './columns.js';

/** How long a tenant keeps what it does not pin. A tenant without a row keeps everything. */
@Entity({ name: 'retention' })
@Check('retention_positive_check', '"keepRunsMs" > 0 AND "keepEntriesMs" > 0 AND "keepEventsMs" > 0')
export class Retention {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'retention_pkey' })
  tenantId!: string;

  /** Milliseconds after its end, from when a run is deleted; null keeps runs for ever. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  keepRunsMs!: number | null;

  /** Milliseconds after its making or last hit, from when a cache entry is evicted; null keeps entries for ever. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  keepEntriesMs!: number | null;

  /** Milliseconds after it happened, from when an event is deleted; null keeps events for ever. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  keepEventsMs!: number | null;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
