import { Check, Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import { type JsonObject, SHA256_PATTERN } from './columns.js';

/** The graph of one version of a workflow, as runs were pinned to it. Named by its digest, so it never changes. */
@Entity({ name: 'workflow_graph' })
@Check('workflow_graph_digest_check', `"digest" ~ '${SHA256_PATTERN}'`)
export class WorkflowGraph {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_graph_pkey' })
  digest!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  version!: string;

  @Column({ type: 'jsonb' })
  graph!: JsonObject;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;
}
