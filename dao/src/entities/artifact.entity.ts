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
  UpdateDateColumn,
} from 'typeorm';
import { bigintAsNumber, type JsonObject, SHA256_PATTERN } from './columns.js';
import { Run } from './run.entity.js';

/** One produced file or document. */
@Entity({ name: 'artifact' })
@Check('artifact_content_hash_check', `"contentHash" ~ '${SHA256_PATTERN}'`)
@Check('artifact_size_check', '"sizeBytes" >= 0')
@Index('artifact_run_idx', ['runId', 'createdAt', 'id'])
@Index('artifact_tenant_hash_idx', ['tenantId', 'contentHash'])
export class Artifact {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'artifact_pkey' })
  id!: string;

  /** Null for an upload, which belongs to no run. */
  @Column({ type: 'uuid', nullable: true })
  runId!: string | null;

  @Column({ type: 'text' })
  tenantId!: string;

  /** The step it belongs to; null for an upload, and for a run's own copy of one that its trigger names. */
  @Column({ type: 'text', nullable: true })
  stepId!: string | null;

  /** The skill that produced it; `upload` for what a client brought. */
  @Column({ type: 'text' })
  skillId!: string;

  /** The output field that holds it, such as `video` or `effects.spin`. */
  @Column({ type: 'text' })
  name!: string;

  /** What it is: `json/game-config`, `audio/bgm`, … */
  @Column({ type: 'text' })
  type!: string;

  /** Where the bytes are: a path or a URL. */
  @Column({ type: 'text' })
  uri!: string;

  /** `sha256:` and 64 lower-case hex digits, of the bytes. */
  @Column({ type: 'text' })
  contentHash!: string;

  @Column({ type: 'bigint', nullable: true, transformer: bigintAsNumber })
  sizeBytes!: number | null;

  @Column({ type: 'text', nullable: true })
  filename!: string | null;

  @Column({ type: 'jsonb', default: {} })
  metadata!: JsonObject;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @ManyToOne(() => Run, run => run.artifacts, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'runId', foreignKeyConstraintName: 'artifact_run_fkey' })
  run?: Relation<Run>;
}
