import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../entities/columns.js';
import { WorkerSkill } from '../entities/worker-skill.entity.js';
import { returning } from './sql.js';

/** A skill as a worker has it. */
export interface ServedSkill {
  skillId: string;
  skillVersion: string;
  /** Task queue, where it is not the default one. */
  queue?: string | null;
  fingerprint: string;
  /** What the fingerprint was taken of. */
  details: JsonObject;
}

/** A skill that some live worker serves. */
export type LiveSkill = Pick<WorkerSkill, 'build' | 'skillId' | 'skillVersion' | 'queue'>;

/** A row with its age judged by the database's clock. */
export type SeenSkill = WorkerSkill & { live: boolean };

/** Which builds of the worker serve which skills. They belong to the installation, not to a tenant. */
export class WorkerSkillRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Says that a build serves these skills, now. Rows are written in the order of their ids: two workers of one build
   * that say so together cannot deadlock.
   */
  async register(build: string, skills: readonly ServedSkill[]): Promise<void> {
    if (skills.length === 0) return;
    await this.manager.query(
      `INSERT INTO "worker_skill" ("build", "skillId", "skillVersion", "queue", "fingerprint", "details", "lastSeenAt")
       SELECT $1, "served".*, clock_timestamp()
         FROM jsonb_to_recordset($2::jsonb) AS "served"
              ("skillId" text, "skillVersion" text, "queue" text, "fingerprint" text, "details" jsonb)
        ORDER BY "served"."skillId", "served"."skillVersion"
       ON CONFLICT ("build", "skillId", "skillVersion") DO UPDATE
          SET "queue" = EXCLUDED."queue", "fingerprint" = EXCLUDED."fingerprint",
              "details" = EXCLUDED."details", "lastSeenAt" = EXCLUDED."lastSeenAt"`,
      [build, JSON.stringify(skills)],
    );
  }

  /** Forgets what no worker has served for so long. @returns how many rows that were. */
  async removeUnseen(olderThanMs: number): Promise<number> {
    const gone = await returning<unknown>(
      this.manager,
      `DELETE FROM "worker_skill"
        WHERE "lastSeenAt" <= clock_timestamp() - $1::float8 * interval '1 millisecond'
        RETURNING 1`,
      [olderThanMs],
    );
    return gone.length;
  }

  /**
   * All of them, of each skill the last seen first.
   * @param liveForMs for how long after it was last seen a build counts as live
   */
  async listSkills(liveForMs: number): Promise<SeenSkill[]> {
    return this.manager.query<SeenSkill[]>(
      `SELECT *, "lastSeenAt" > clock_timestamp() - $1::float8 * interval '1 millisecond' AS "live"
         FROM "worker_skill" ORDER BY "skillId", "lastSeenAt" DESC, "build"`,
      [liveForMs],
    );
  }

  /**
   * What live builds serve, by skill, version and build.
   * @param liveForMs for how long after it was last seen a build counts as live
   */
  async listLive(liveForMs: number): Promise<LiveSkill[]> {
    return this.manager.query<LiveSkill[]>(
      `SELECT "build", "skillId", "skillVersion", "queue" FROM "worker_skill"
        WHERE "lastSeenAt" > clock_timestamp() - $1::float8 * interval '1 millisecond'
        ORDER BY "skillId", "skillVersion", "build"`,
      [liveForMs],
    );
  }

  /**
   * Of these skills the live builds, and the one that was last seen whether it lives or not; the last seen first.
   * @param liveForMs for how long after it was last seen a build counts as live
   */
  async listServing(skillIds: readonly string[], liveForMs: number): Promise<SeenSkill[]> {
    return this.manager.query<SeenSkill[]>(
      `SELECT * FROM (
         SELECT *, "lastSeenAt" > clock_timestamp() - $2::float8 * interval '1 millisecond' AS "live",
                row_number() OVER (PARTITION BY "skillId", "skillVersion" ORDER BY "lastSeenAt" DESC, "build") AS "rank"
           FROM "worker_skill" WHERE "skillId" = ANY($1)
       ) AS "seen" WHERE "live" OR "rank" = 1 ORDER BY "skillId", "lastSeenAt" DESC, "build"`,
      [[...skillIds], liveForMs],
    );
  }

  /** Registrations of a skill with one of these fingerprints, of its own code or of an adapter; of equal ones the last seen. */
  async listByFingerprint(skillId: string, fingerprints: readonly string[]): Promise<WorkerSkill[]> {
    return this.manager.query<WorkerSkill[]>(
      `SELECT DISTINCT ON ("fingerprint", "details"->'ports') * FROM "worker_skill"
        WHERE "skillId" = $1 AND ("fingerprint" = ANY($2) OR EXISTS (
                SELECT 1 FROM jsonb_each("details"->'ports') AS "port"
                 WHERE "port"."value"->>'fingerprint' = ANY($2)))
        ORDER BY "fingerprint", "details"->'ports', "lastSeenAt" DESC`,
      [skillId, [...fingerprints]],
    );
  }
}
