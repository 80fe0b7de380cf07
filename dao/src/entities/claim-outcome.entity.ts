import { Check, Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { bigintAsNumber, oneOf } from './columns.js';
import { CLAIM_OUTCOMES, type ClaimOutcomeKind } from './status.js';

/** How an execution ended, for the steps that waited for it: whatever the cache keeps, they share it. */
@Entity({ name: 'claim_outcome' })
@Check('claim_outcome_kind_check', oneOf('kind', CLAIM_OUTCOMES))
export class ClaimOutcome {
  @PrimaryColumn({
    type: 'bigint',
    primaryKeyConstraintName: 'claim_outcome_pkey',
    transformer: bigintAsNumber,
  })
  generation!: number;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  cacheKey!: string;

  /** The step that executed. */
  @Column({ type: 'uuid' })
  runId!: string;

  @Column({ type: 'text' })
  stepId!: string;

  @Column({ type: 'timestamptz' })
  claimedAt!: Date;

  @Column({ type: 'text' })
  kind!: ClaimOutcomeKind;

  /** As StepCache.outputs. */
  @Column({ type: 'jsonb', nullable: true })
  outputs!: unknown;

  @Column({ type: 'jsonb', nullable: true })
  fullInput!: unknown;

  @Column({ type: 'text', nullable: true })
  error!: string | null;

  @Column({ type: 'text', nullable: true })
  errorCode!: string | null;

  /** Whether the error was one to try again on, and only the holder's policy said not to; null without an error. */
  @Column({ type: 'boolean', nullable: true })
  retryable!: boolean | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
