import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintAsNumber } from './columns.js';

/**
 * The right to execute what a cache key stands for: a lease of one step of one run. The row is gone when the execution
 * has ended; who comes late finds its generation gone.
 */
@Entity({ name: 'step_claim' })
@Index('step_claim_run_idx', ['runId', 'stepId'])
export class StepClaim {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'step_claim_pkey' })
  cacheKey!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** Of a sequence, so no two holders of any key ever have the same: the fencing token. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  generation!: number;

  /** The holder. */
  @Column({ type: 'uuid' })
  runId!: string;

  @Column({ type: 'text' })
  stepId!: string;

  /** A later attempt of the same step takes the claim over at once. */
  @Column({ type: 'integer' })
  attempt!: number;

  @Column({ type: 'timestamptz' })
  claimedAt!: Date;

  /** From then on anyone may take it over, by the database's clock. */
  @Column({ type: 'timestamptz' })
  expiresAt!: Date;
}
