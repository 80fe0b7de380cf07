import { digestOf, type Digest } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { TerminalError, type Adapter } from '@cairn/skill-kit';
import { FingerprintSources } from '../keys/fingerprint.js';
import { loadSkill, serveAdapter, type RunnableSkill } from './runnable-skill.js';
import type { SkillRegistration } from './skill-registration.js';

export type { RunnableSkill } from './runnable-skill.js';

/** The skills of a worker, by id and version: it may have one in several. */
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
    return new SkillRegistry(new Map(runnable.map(entry => [nameOf(entry.skill), entry])));
  }

  get all(): readonly RunnableSkill[] {
    return [...this.skills.values()];
  }

  /** What this build of a worker executes, by skill id and version in the order of their letters. */
  registrations(): readonly SkillRegistration[] {
    const place = ({ skillId, version }: SkillRegistration) => nameOf({ id: skillId, version });
    return this.all.map(({ registration }) => registration).sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  /** @throws TerminalError SKILL_UNKNOWN when this worker does not have the skill in this version. */
  get(id: string, version: string): RunnableSkill {
    const found = this.skills.get(nameOf({ id, version }));
    if (found) return found;
    const versions = this.all.flatMap(({ skill }) => (skill.id === id ? [skill.version] : []));
    throw new TerminalError(
      'SKILL_UNKNOWN',
      versions.length === 0
        ? `This worker does not have the skill ${id}`
        : `This worker has ${id} in version ${versions.join(' and ')}, the run wants ${version}`,
    );
  }
}

const nameOf = ({ id, version }: { readonly id: string; readonly version: string }) => `${id} ${version}`;
