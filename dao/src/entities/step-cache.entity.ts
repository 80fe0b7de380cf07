import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { bigintAsNumber, oneOf } from './columns.js';
import { CACHE_SCOPES, type CacheScope } from './status.js';

/**
 * A reusable result of a step. It has no relations: it outlives the run that made it, and stops being a hit when the
 * bytes of its artifacts are gone.
 */
@Entity({ name: 'step_cache' })
@Unique('step_cache_key', ['cacheKey'])
@Check('step_cache_scope_check', oneOf('scope', CACHE_SCOPES))
@Index('step_cache_tenant_skill_idx', ['tenantId', 'skillId'])
// GIN, which TypeORM cannot declare: made by a migration.
@Index('step_cache_digests_idx', { synchronize: false })
export class StepCache {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'step_cache_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** Digest of all that makes the result what it is; the tenant is part of it. */
  @Column({ type: 'text' })
  cacheKey!: string;

  /** Where the entry was made: workflow, step, skill and run. */
  @Column({ type: 'text' })
  workflowName!: string;

  @Column({ type: 'text' })
  stepId!: string;

  @Column({ type: 'text' })
  skillId!: string;

  @Column({ type: 'uuid' })
  runId!: string;

  @Column({ type: 'text' })
  inputHash!: string;

  /** The artifacts of the run that made the entry; `outputs` says how to re-create them for another. */
  @Column({ type: 'uuid', array: true, default: [] })
  artifactIds!: string[];

  /** The JSON output and what is needed to re-create its artifacts: type, hash, size, filename, metadata. */
  @Column({ type: 'jsonb' })
  outputs!: unknown;

  /** Digests of the bytes that the outputs name, to find the entry by. */
  @Column({ type: 'text', array: true, default: [] })
  digests!: string[];

  /** What the skill was given where that is more than the key holds; given again when the entry is healed. */
  @Column({ type: 'jsonb', nullable: true })
  fullInput!: unknown;

  /** Milliseconds that the execution took: what a hit saves. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  durationMs!: number | null;

  @Column({ type: 'text' })
  scope!: CacheScope;

  @Column({ type: 'integer', default: 0 })
  hitCount!: number;

  @Column({ type: 'timestamptz', nullable: true })
  lastHitAt!: Date | null;

  /** When the execution that made it was claimed: a refreshing run takes only what is younger than itself. */
  @Column({ type: 'timestamptz' })
  claimedAt!: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  /** From then on it is no hit, by the database's clock; null is never. */
  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}
