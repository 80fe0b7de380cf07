import { digestOf, type Digest } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { TerminalError, type Adapter } from '@cairn/skill-kit';
import { FingerprintSources } from '../keys/fingerprint.js';
import { loadSkill, serveAdapter, type RunnableSkill } from './runnable-skill.js';
import type { SkillRegistration } from './skill-registration.js';

export type { RunnableSkill } from './runnable-skill.js';

/** The skills of a worker, by id. */
export class SkillRegistry {
  /** The identity of a worker's build: the digest of all its registrations. */
  readonly build: Digest;

  private constructor(private readonly skills: ReadonlyMap<string, RunnableSkill>) {
    this.build = digestOf(this.registrations());
  }

  /**
   * Takes the fingerprints of the catalog's skills and of the adapters that they use, and loads each skill's
   * implementation.
   *
   * @param options.codeSince modules that are loaded already were loaded after this moment: by default the start of
   *   the process. A file that changed later may be in memory as it was before.
   * @throws Error when a skill uses a port that no adapter serves, or a run.js implements another skill;
   *   CodeChangedError when files changed after `codeSince`, or while they were loaded.
   */
  static async load(
    catalog: Catalog,
    adapters: readonly Adapter[],
    { codeSince = new Date(performance.timeOrigin) }: { readonly codeSince?: Date } = {},
  ): Promise<SkillRegistry> {
    const sources = new FingerprintSources();
    const served = new Map(
      await Promise.all(
        adapters.map(async adapter => [adapter.port, await serveAdapter(adapter, sources)] as const),
      ),
    );
    const runnable = await Promise.all(
      catalog.skills.map(entry => loadSkill(entry, served, sources, codeSince)),
    );
    return new SkillRegistry(new Map(runnable.map(entry => [entry.skill.id, entry])));
  }

  get all(): readonly RunnableSkill[] {
    return [...this.skills.values()];
  }

  /** What this build of a worker executes, by skill id in the order of their letters. */
  registrations(): readonly SkillRegistration[] {
    return this.all.map(({ registration }) => registration).sort((a, b) => (a.skillId < b.skillId ? -1 : 1));
  }

  /** @throws TerminalError SKILL_UNKNOWN when this worker does not have the skill in this version. */
  get(id: string, version: string): RunnableSkill {
    const found = this.skills.get(id);
    if (!found) throw new TerminalError('SKILL_UNKNOWN', `This worker does not have the skill ${id}`);
    if (found.skill.version !== version)
      throw new TerminalError(
        'SKILL_UNKNOWN',
        `This worker has ${id} in version ${found.skill.version}, the run wants ${version}`,
      );
    return found;
  }
}
