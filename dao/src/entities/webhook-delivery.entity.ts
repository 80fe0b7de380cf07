import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { bigintAsNumber, oneOf } from './columns.js';
import { Webhook } from './webhook.entity.js';

/** `failed`: there is no other attempt to come. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One attempt to deliver, as it came out. */
export interface DeliveryAttempt {
  /** Counted from 1. A number that is missing was begun by a process that died. */
  attempt: number;
  /** ISO 8601, UTC. */
  at: string;
  durationMs: number;
  /** Of HTTP; absent when there was no answer. */
  status?: number;
  error?: string;
}

/** One event on its way to a webhook. */
@Entity({ name: 'webhook_delivery' })
@Unique('webhook_delivery_event_key', ['webhookId', 'eventId'])
@Check('webhook_delivery_status_check', oneOf('status', DELIVERY_STATUSES))
@Check(
  'webhook_delivery_pending_check',
  `("status" = 'pending') = ("nextAttemptAt" IS NOT NULL) AND ("status" = 'pending') = ("endedAt" IS NULL)`,
)
@Index('webhook_delivery_created_idx', ['webhookId', 'createdAt', 'id'])
@Index('webhook_delivery_due_idx', ['webhookId', 'nextAttemptAt'], { where: `"status" = 'pending'` })
@Index('webhook_delivery_next_idx', ['nextAttemptAt'], { where: `"status" = 'pending'` })
@Index('webhook_delivery_ended_idx', ['endedAt'], { where: '"endedAt" IS NOT NULL' })
export class WebhookDelivery {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'webhook_delivery_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tenantId!: string;

  @Column({ type: 'uuid' })
  webhookId!: string;

  @Column({ type: 'uuid' })
  eventId!: string;

  @Column({ type: 'text' })
  eventType!: string;

  /** Of the event in the tenant's log. */
  @Column({ type: 'bigint', transformer: bigintAsNumber })
  position!: number;

  /** What is sent, the same in every attempt, whatever becomes of the event. */
  @Column({ type: 'text' })
  body!: string;

  @Column({ type: 'text', default: 'pending' })
  status!: DeliveryStatus;

  /** Attempts begun, ever: also the fencing token of whoever makes one. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Attempts before it was last asked for again: the back-off begins anew after them. */
  @Column({ type: 'integer', default: 0 })
  earlierAttempts!: number;

  /** While an attempt is made: when another process may take it over. */
  @Column({ type: 'timestamptz', nullable: true })
  nextAttemptAt!: Date | null;

  /** The latest attempts, oldest first. */
  @Column({ type: 'jsonb', default: [] })
  log!: DeliveryAttempt[];

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  endedAt!: Date | null;

  @ManyToOne(() => Webhook, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'webhookId', foreignKeyConstraintName: 'webhook_delivery_webhook_fkey' })
  webhook?: Relation<Webhook>;
}
