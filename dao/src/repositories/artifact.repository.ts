import { type EntityManager, In, IsNull } from 'typeorm';
import { Artifact } from '../entities/artifact.entity.js';
import type { JsonObject } from '../entities/columns.js';
import { newId } from '../ids.js';
import { type Page, type PagePosition, readPage } from './paging.js';

/** What a caller says about an artifact whose bytes are stored. */
export interface NewArtifact {
  id?: string;
  /** Null for an upload. */
  runId: string | null;
  tenantId: string;
  stepId: string | null;
  skillId: string;
  name: string;
  type: string;
  uri: string;
  /** `sha256:` and 64 lower-case hex digits. */
  contentHash: string;
  sizeBytes?: number | null;
  filename?: string | null;
  metadata?: JsonObject;
}

/** The artifacts of a tenant. */
export class ArtifactRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns the ids, in the order given. */
  async insertArtifacts(artifacts: readonly NewArtifact[]): Promise<string[]> {
    const rows = artifacts.map(artifact => ({ metadata: {}, ...artifact, id: artifact.id ?? newId() }));
    if (rows.length > 0)
      await this.manager.query(
        `INSERT INTO "artifact" ("id", "runId", "tenantId", "stepId", "skillId", "name", "type", "uri", "contentHash",
                                 "sizeBytes", "filename", "metadata")
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS "row"
           ("id" uuid, "runId" uuid, "tenantId" text, "stepId" text, "skillId" text, "name" text, "type" text,
            "uri" text, "contentHash" text, "sizeBytes" bigint, "filename" text, "metadata" jsonb)`,
        [JSON.stringify(rows)],
      );
    return rows.map(row => row.id);
  }

  /** Oldest first, a page at a time. */
  async listArtifactsOfRun(
    tenantId: string,
    runId: string,
    page: { limit: number; after?: PagePosition },
  ): Promise<Page<Artifact>> {
    const query = this.manager
      .createQueryBuilder(Artifact, 'artifact')
      .where('artifact.tenantId = :tenantId AND artifact.runId = :runId', { tenantId, runId });
    return readPage(query, 'artifact', 'ASC', page.limit, page.after);
  }

  async getArtifact(tenantId: string, artifactId: string): Promise<Artifact | null> {
    return this.manager.findOneBy(Artifact, { tenantId, id: artifactId });
  }

  /** Deletes an upload; what belongs to a run stays. @returns whether there was one. */
  async deleteUpload(tenantId: string, artifactId: string): Promise<boolean> {
    const result = await this.manager.delete(Artifact, { tenantId, id: artifactId, runId: IsNull() });
    return result.affected === 1;
  }

  /** Those that exist, in the order given. */
  async listArtifactsByIds(tenantId: string, artifactIds: readonly string[]): Promise<Artifact[]> {
    if (artifactIds.length === 0) return [];
    const found = await this.manager.findBy(Artifact, { tenantId, id: In([...artifactIds]) });
    const byId = new Map(found.map(artifact => [artifact.id, artifact]));
    return artifactIds.flatMap(id => byId.get(id) ?? []);
  }

  /** What a run was given: the files of its trigger, and of what was edited in it. */
  async listGivenArtifacts(tenantId: string, runId: string): Promise<Artifact[]> {
    return this.manager.find(Artifact, {
      where: { tenantId, runId, stepId: IsNull() },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** Those of a run with these bytes, oldest first. */
  async listArtifactsWithBytes(
    tenantId: string,
    runId: string,
    digests: readonly string[],
  ): Promise<Artifact[]> {
    if (digests.length === 0) return [];
    return this.manager.find(Artifact, {
      where: { tenantId, runId, contentHash: In([...digests]) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** What steps of a run have made or reused. */
  async listArtifactsOfSteps(
    tenantId: string,
    runId: string,
    stepIds: readonly string[],
  ): Promise<Artifact[]> {
    if (stepIds.length === 0) return [];
    return this.manager.findBy(Artifact, { tenantId, runId, stepId: In([...stepIds]) });
  }

  /**
   * The step of a run that gave each of these bytes: the first in the graph, where several passed them on.
   * @returns step ids by digest; null for what the run's trigger brought, and nothing for bytes that no row names
   */
  async stepsThatGave(
    tenantId: string,
    runId: string,
    digests: readonly string[],
  ): Promise<ReadonlyMap<string, string | null>> {
    const rows = await this.manager.query<{ contentHash: string; stepId: string | null }[]>(
      `SELECT DISTINCT ON ("artifact"."contentHash") "artifact"."contentHash", "artifact"."stepId"
         FROM "artifact"
         LEFT JOIN "run_step" AS "step"
           ON "step"."runId" = "artifact"."runId" AND "step"."stepId" = "artifact"."stepId"
        WHERE "artifact"."tenantId" = $1 AND "artifact"."runId" = $2 AND "artifact"."contentHash" = ANY($3)
        ORDER BY "artifact"."contentHash", "step"."position" NULLS LAST`,
      [tenantId, runId, [...digests]],
    );
    return new Map(rows.map(({ contentHash, stepId }) => [contentHash, stepId]));
  }
}
