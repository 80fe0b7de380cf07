import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { oneOf, SHA256_PATTERN } from './columns.js';

/** What a key may do; each role may do what those before it may. */
export const KEY_ROLES = ['viewer', 'runner', 'approver', 'admin'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** A key to the API. Its secret is not here, only what the secret is recognised by. */
@Entity({ name: 'api_key' })
@Check('api_key_role_check', oneOf('role', KEY_ROLES))
@Check('api_key_rate_check', '"ratePerMinute" > 0')
@Check('api_key_previous_check', '("previousHash" IS NULL) = ("previousUntil" IS NULL)')
@Check(
  'api_key_hash_check',
  `"secretHash" ~ '${SHA256_PATTERN}' AND ("previousHash" IS NULL OR "previousHash" ~ '${SHA256_PATTERN}')`,
)
@Index('api_key_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
@Index('api_key_name_key', ['tenantId', 'name'], { unique: true, where: '"revokedAt" IS NULL' })
export class ApiKey {
  /** Also the part of the key that it is found by. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_key_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  /** Whose it is. Of the keys of a tenant that are not revoked, one has it. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  role!: KeyRole;

  /** The roles in which it decides on gates; null for any. */
  @Column({ type: 'text', array: true, nullable: true })
  gateRoles!: string[] | null;

  /** Requests in a minute; null for what the installation says. */
  @Column({ type: 'integer', nullable: true })
  ratePerMinute!: number | null;

  /** SHA-256 of the secret. */
  @Column({ type: 'text' })
  secretHash!: string;

  /** Of the secret before the last rotation, and until when it is taken. */
  @Column({ type: 'text', nullable: true })
  previousHash!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  previousUntil!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  /** To about a minute. */
  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
