import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './columns.js';

/** How far a tenant's log reaches. */
@Entity({ name: 'event_head' })
@Check('event_head_floor_check', '"floor" >= 0 AND "floor" <= "position"')
export class EventHead {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'event_head_pkey' })
  tenantId!: string;

  /** Of the latest event; the next one gets the number after it. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  position!: number;

  /** Events up to this position are no longer kept. */
  @Column({ type: 'bigint', default: 0, transformer: bigintAsNumber })
  floor!: number;
}
