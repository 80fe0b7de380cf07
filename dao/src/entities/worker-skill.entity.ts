import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject } from './columns.js';

/** A skill as one build of the worker has it: whoever plans a run reads here what its keys would be made of. */
@Entity({ name: 'worker_skill' })
@Index('worker_skill_skill_idx', ['skillId', 'lastSeenAt'])
export class WorkerSkill {
  /** Digest of all that the worker would execute: two workers of one build are the same. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'worker_skill_pkey' })
  build!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'worker_skill_pkey' })
  skillId!: string;

  /** A build may have several of one skill. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'worker_skill_pkey' })
  skillVersion!: string;

  /** Task queue, where it is not the default one. */
  @Column({ type: 'text', nullable: true })
  queue!: string | null;

  @Column({ type: 'text' })
  fingerprint!: string;

  /** What the fingerprint was taken of: code, packages, adapters, resources. */
  @Column({ type: 'jsonb' })
  details!: JsonObject;

  @CreateDateColumn({ type: 'timestamptz' })
  firstSeenAt!: Date;

  /** When a worker of this build last said that it serves. */
  @Column({ type: 'timestamptz' })
  lastSeenAt!: Date;
}
