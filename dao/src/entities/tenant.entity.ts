import { Check, Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { bigintAsNumber, oneOf } from './columns.js';

/** `active`; `deleting` while what it owns is removed; `deleted`: only its name is left, so that nobody gets it again. */
export const TENANT_STATUSES = ['active', 'deleting', 'deleted'] as const;
export type TenantStatus = (typeof TENANT_STATUSES)[number];

/** Whose runs, artifacts and keys these are. */
@Entity({ name: 'tenant' })
@Check('tenant_status_check', oneOf('status', TENANT_STATUSES))
@Check(
  'tenant_limits_check',
  '"maxRunningRuns" > 0 AND "maxStoredBytes" >= 0 AND "maxBodyBytes" > 0 AND "maxUploadBytes" > 0',
)
export class Tenant {
  /** Lower-case letters, digits, `-` and `_`: it is a folder of the store too. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'tenant_pkey' })
  id!: string;

  /** For people. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: 'active' })
  status!: TenantStatus;

  /** Runs at once, without those that other runs have started; null for any number. */
  @Column({ type: 'integer', nullable: true })
  maxRunningRuns!: number | null;

  /** Bytes in the store, each digest once; null for any number. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  maxStoredBytes!: number | null;

  /** Bytes of a JSON body; null for what the installation takes. */
  @Column({ type: 'integer', nullable: true })
  maxBodyBytes!: number | null;

  /** Bytes of an upload; null for what the installation takes. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  maxUploadBytes!: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
