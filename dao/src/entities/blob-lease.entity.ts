import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { SHA256_PATTERN } from './columns.js';

/**
 * Keeps bytes that no row names yet from being collected: those of a step for as long as it has not ended, others, as
 * those of an upload, until a time.
 */
@Entity({ name: 'blob_lease' })
@Unique('blob_lease_step_key', ['tenantId', 'digest', 'runId', 'stepId'])
@Check('blob_lease_digest_check', `"digest" ~ '${SHA256_PATTERN}'`)
@Check(
  'blob_lease_owner_check',
  '("runId" IS NULL) = ("stepId" IS NULL) AND ("runId" IS NULL) = ("expiresAt" IS NOT NULL)',
)
@Index('blob_lease_run_idx', ['runId', 'stepId'])
export class BlobLease {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'blob_lease_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  digest!: string;

  /** The step that is writing it. */
  @Column({ type: 'uuid', nullable: true })
  runId!: string | null;

  @Column({ type: 'text', nullable: true })
  stepId!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
