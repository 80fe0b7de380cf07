import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../entities/columns.js';
import { WorkflowGraph } from '../entities/workflow-graph.entity.js';

/** A graph and the digest that names it. */
export interface NewWorkflowGraph {
  /** `sha256:` and 64 lower-case hex digits, of the canonical graph. */
  digest: string;
  name: string;
  version: string;
  graph: JsonObject;
}

/** The graphs that runs are pinned to. They are named by digest and shared by all tenants. */
export class GraphRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Stores a graph unless its digest is known. */
  async putGraph(graph: NewWorkflowGraph): Promise<void> {
    await this.manager.query(
      `INSERT INTO "workflow_graph" ("digest", "name", "version", "graph") VALUES ($1, $2, $3, $4::jsonb)
       ON CONFLICT ("digest") DO NOTHING`,
      [graph.digest, graph.name, graph.version, JSON.stringify(graph.graph)],
    );
  }

  async getGraph(digest: string): Promise<WorkflowGraph | null> {
    return this.manager.findOneBy(WorkflowGraph, { digest });
  }
}
