import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import { oneOf } from './columns.js';
import { Run } from './run.entity.js';
import { MAP_ITEM_STATUSES, type MapItemStatus } from './status.js';

/** One item of a list that a run maps over. What is done for it is steps, named `map[key].step`. */
@Entity({ name: 'map_item' })
@Unique('map_item_key_key', ['runId', 'mapStepId', 'key'])
@Check('map_item_status_check', oneOf('status', MAP_ITEM_STATUSES))
export class MapItem {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'map_item_pkey' })
  runId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'map_item_pkey' })
  mapStepId!: string;

  /** In the list, from 0. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'map_item_pkey' })
  position!: number;

  @Column({ type: 'text' })
  tenantId!: string;

  /** The item's name: unique in its map. */
  @Column({ type: 'text' })
  key!: string;

  /** The item itself, as the list has it. */
  @Column({ type: 'jsonb' })
  value!: unknown;

  @Column({ type: 'text', default: 'pending' })
  status!: MapItemStatus;

  /** What came of it, once it is done. */
  @Column({ type: 'jsonb', nullable: true })
  output!: unknown;

  /** Nothing was executed for it. */
  @Column({ type: 'boolean', default: false })
  fromCache!: boolean;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'text', nullable: true })
  errorCode!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  completedAt!: Date | null;

  @ManyToOne(() => Run, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'runId', foreignKeyConstraintName: 'map_item_run_fkey' })
  run?: Relation<Run>;
}
