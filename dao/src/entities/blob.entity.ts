import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import { bigintAsNumber, SHA256_PATTERN } from './columns.js';

/**
 * The bytes of one digest, as a tenant has stored them. The row is there before the bytes are, and goes after them: it
 * is what a writer and a collection lock, so that neither acts on what the other is about to change.
 */
@Entity({ name: 'blob' })
@Check('blob_digest_check', `"digest" ~ '${SHA256_PATTERN}'`)
@Check('blob_size_check', '"sizeBytes" >= 0')
@Index('blob_tenant_touched_idx', ['tenantId', 'touchedAt'])
export class Blob {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'blob_pkey' })
  tenantId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'blob_pkey' })
  digest!: string;

  @Column({ type: 'bigint', transformer: bigintAsNumber })
  sizeBytes!: number;

  /** What the store said of the stored file when it was last found to be right; another stamp means it was written to. */
  @Column({ type: 'text', nullable: true })
  stamp!: string | null;

  /** When all bytes were last compared with the digest; null from when they may have gone until they are again. */
  @Column({ type: 'timestamptz', nullable: true })
  verifiedAt!: Date | null;

  /**
   * The transaction that made the row, or doubted it last: another one whenever the bytes may have gone, so who has read
   * them before has read others.
   */
  @Column({ type: 'bigint', default: () => '((pg_current_xact_id()))' })
  generation!: string;

  /** When somebody last announced that the bytes are about to be named by a row. */
  @Column({ type: 'timestamptz' })
  touchedAt!: Date;

  /** Kept whether a row names it or not. */
  @Column({ type: 'boolean', default: false })
  pinned!: boolean;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
