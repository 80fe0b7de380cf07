import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A key with which this installation has encrypted: not the key, but what tells it from others. */
@Entity({ name: 'encryption_key' })
export class EncryptionKey {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'encryption_key_pkey' })
  id!: string;

  /** As `proofOf` of libs/payload-codec makes it. */
  @Column({ type: 'text' })
  proof!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
