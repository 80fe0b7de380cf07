import { type EntityManager, In, IsNull } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
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

/** Rows inserted by one statement: 12 parameters each, and PostgreSQL takes 65,535. */
const INSERT_CHUNK = 1000;

/** The artifacts of a tenant. */
export class ArtifactRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @returns the ids, in the order given. */
  async insertArtifacts(artifacts: readonly NewArtifact[]): Promise<string[]> {
    const rows = artifacts.map(artifact => ({ ...artifact, id: artifact.id ?? newId() }));
    for (let from = 0; from < rows.length; from += INSERT_CHUNK) {
      const chunk = rows.slice(from, from + INSERT_CHUNK);
      await this.manager.insert(Artifact, chunk as QueryDeepPartialEntity<Artifact>[]);
    }
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
}
