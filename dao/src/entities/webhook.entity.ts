import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { bigintAsNumber, oneOf } from './columns.js';

export const WEBHOOK_STATUSES = ['enabled', 'disabled'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** `asked`: somebody has done it; `failing`: nothing has arrived for long; `gone`: the receiver said so, by status 410. */
export const WEBHOOK_DISABLED_REASONS = ['asked', 'failing', 'gone'] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

/** Where a tenant's events are sent. */
@Entity({ name: 'webhook' })
@Check('webhook_status_check', oneOf('status', WEBHOOK_STATUSES))
@Check('webhook_reason_check', oneOf('disabledReason', WEBHOOK_DISABLED_REASONS))
@Check(
  'webhook_disabled_check',
  `("status" = 'disabled') = ("disabledAt" IS NOT NULL) AND ("disabledAt" IS NULL) = ("disabledReason" IS NULL)`,
)
@Check('webhook_previous_check', '("previousSecret" IS NULL) = ("previousSecretUntil" IS NULL)')
@Index('webhook_tenant_created_idx', ['tenantId', 'createdAt', 'id'])
export class Webhook {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'webhook_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  url!: string;

  /** Of events: `run.completed`, `run.*` for all of a subject, `*` for all. */
  @Column({ type: 'text', array: true })
  types!: string[];

  /** For people. */
  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', default: 'enabled' })
  status!: WebhookStatus;

  @Column({ type: 'text', nullable: true })
  disabledReason!: WebhookDisabledReason | null;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  /** As `SecretSafe` of libs/webhooks stores it. */
  @Column({ type: 'text' })
  secret!: string;

  /** After a rotation the one before signs too, until then. */
  @Column({ type: 'text', nullable: true })
  previousSecret!: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  previousSecretUntil!: Date | null;

  /** Up to here in the tenant's log there is a delivery of each event that is wanted. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  position!: number;

  /** While the log is gone through again: to here. */
  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  replayTo!: number | null;

  /** Then, also what had arrived is sent again. */
  @Column({ type: 'boolean', default: false })
  replayAll!: boolean;

  /** Attempts that failed since the last one that did not. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  @Column({ type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;
}
