import { fileURLToPath, pathToFileURL } from 'node:url';
import { digestOf } from '@cairn/canonical';
import type { Catalog, CatalogSkill } from '@cairn/catalog';
import {
  TerminalError,
  type Adapter,
  type AnySkill,
  type PortName,
  type SkillImplementation,
} from '@cairn/skill-kit';
import { fingerprintOf } from '../keys/fingerprint.js';

/** A skill that this process can execute, with the fingerprints of the code that would. */
export interface RunnableSkill {
  readonly skill: AnySkill;
  readonly run: SkillImplementation['run'];
  readonly fingerprint: string;
  readonly adapters: Readonly<Partial<Record<PortName, Adapter>>>;
  /** Fingerprints of those adapters, by port. */
  readonly ports: Readonly<Record<string, string>>;
}

/** The skills of a worker, by id. */
export class SkillRegistry {
  private constructor(private readonly skills: ReadonlyMap<string, RunnableSkill>) {}

  /**
   * Loads the implementation of each skill in the catalog and takes the fingerprints.
   * @throws Error when a skill uses a port that no adapter serves, or a run.js implements another skill.
   */
  static async load(catalog: Catalog, adapters: readonly Adapter[]): Promise<SkillRegistry> {
    const served = new Map(
      await Promise.all(
        adapters.map(async adapter => [adapter.port, await withFingerprint(adapter)] as const),
      ),
    );
    const runnable = await Promise.all(catalog.skills.map(entry => loadSkill(entry, served)));
    return new SkillRegistry(new Map(runnable.map(entry => [entry.skill.id, entry])));
  }

  get all(): readonly RunnableSkill[] {
    return [...this.skills.values()];
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

interface ServedAdapter {
  readonly adapter: Adapter;
  readonly fingerprint: string;
}

async function withFingerprint(adapter: Adapter): Promise<ServedAdapter> {
  const code = await fingerprintOf(fileURLToPath(adapter.module));
  const { id, model, parameters } = adapter;
  return { adapter, fingerprint: digestOf({ code: code.digest, id, model, parameters }) };
}

async function loadSkill(
  entry: CatalogSkill,
  served: ReadonlyMap<PortName, ServedAdapter>,
): Promise<RunnableSkill> {
  const { skill } = entry;
  const implementation = (await import(pathToFileURL(entry.run).href)) as { default?: SkillImplementation };
  if (implementation.default?.skill.id !== skill.id)
    throw new Error(`${entry.run}: the default export does not implement ${skill.id}`);
  const uses = (skill.spec.uses ?? []).map(port => {
    const found = served.get(port);
    if (!found) throw new Error(`${skill.id} uses the port ${port}, which no adapter serves`);
    return [port, found] as const;
  });
  return {
    skill,
    run: implementation.default.run,
    fingerprint: (await fingerprintOf(entry.run)).digest,
    adapters: Object.fromEntries(uses.map(([port, { adapter }]) => [port, adapter])),
    ports: Object.fromEntries(uses.map(([port, { fingerprint }]) => [port, fingerprint])),
  };
}
