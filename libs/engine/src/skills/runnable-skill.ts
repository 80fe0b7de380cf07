import { realpath } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { digestOf } from '@cairn/canonical';
import type { CatalogSkill } from '@cairn/catalog';
import type { Adapter, PortName, SkillImplementation } from '@cairn/skill-kit';
import { fingerprintOf, type FingerprintSources } from '../keys/fingerprint.js';
import type { KeyedSkill } from '../keys/keyed-skill.js';
import { firstChanged, type FileStamp } from '../keys/source-files.js';
import { CodeChangedError } from './code-changed-error.js';
import { registrationOf, type RegisteredPort, type SkillRegistration } from './skill-registration.js';

/** A skill that this process can execute, with the fingerprints of the code that would. */
export interface RunnableSkill extends KeyedSkill {
  readonly run: SkillImplementation['run'];
  readonly adapters: Readonly<Partial<Record<PortName, Adapter>>>;
  readonly registration: SkillRegistration;
  /**
   * Whether every file behind the fingerprints, adapters and threads included, is still the one that they were taken
   * from. Asked once a result is there and before it is stored: a thread's module is loaded when it is started, and
   * may then be another build's. Once false, it stays false. It reads no file.
   */
  codeUnchanged(): Promise<boolean>;
}

/** An adapter, and what it is registered with. */
export interface ServedAdapter {
  readonly adapter: Adapter;
  readonly registered: RegisteredPort;
  readonly files: readonly FileStamp[];
}

export async function serveAdapter(adapter: Adapter, sources: FingerprintSources): Promise<ServedAdapter> {
  const { digest, files, code, packages, resolutions } = await fingerprintOf(
    fileURLToPath(adapter.module),
    sources,
  );
  const { id, model, parameters } = adapter;
  const registered = {
    adapter: id,
    ...(model !== undefined && { model }),
    ...(parameters !== undefined && { parameters }),
    fingerprint: digestOf({ code: digest, id, model, parameters }),
    code,
    packages,
    resolutions,
  };
  return { adapter, registered, files };
}

/**
 * Takes a skill's fingerprint, then loads its implementation.
 *
 * @param codeSince what was loaded before was loaded after this moment.
 * @throws Error when the skill uses a port that no adapter serves, or its run.js implements another skill;
 *   CodeChangedError when a file changed after `codeSince`, so that nobody knows which of its contents was loaded.
 */
export async function loadSkill(
  entry: CatalogSkill,
  served: ReadonlyMap<PortName, ServedAdapter>,
  sources: FingerprintSources,
  codeSince: Date,
): Promise<RunnableSkill> {
  const { skill } = entry;
  const uses = (skill.spec.uses ?? []).map(port => {
    const found = served.get(port);
    if (!found) throw new Error(`${skill.id} uses the port ${port}, which no adapter serves`);
    return [port, found] as const;
  });
  // The file itself: a link to it may lead elsewhere by the time of the import.
  const file = await realpath(entry.run);
  const fingerprint = await fingerprintOf(file, sources);
  const files = [...fingerprint.files, ...uses.flatMap(([, adapter]) => adapter.files)];
  const stamps = [...new Map(files.map(stamp => [stamp.path, stamp])).values()];
  // The declaration, the adapters and the libraries were loaded before they could be fingerprinted.
  const late = stamps.find(({ ctimeNs }) => ctimeNs / 1_000_000n > BigInt(codeSince.getTime()));
  if (late) throw new CodeChangedError(skill.id, late.path);
  const implementation = (await import(pathToFileURL(file).href)) as { default?: SkillImplementation };
  const changed = firstChanged(stamps);
  if (changed !== undefined) throw new CodeChangedError(skill.id, changed);
  const { id, version } = implementation.default?.skill ?? {};
  if (!implementation.default || id !== skill.id || version !== skill.version)
    throw new Error(`${entry.run}: the default export does not implement ${skill.id} ${skill.version}`);
  const ports = Object.fromEntries(uses.map(([port, { registered }]) => [port, registered]));
  let unchanged = true;
  return {
    skill,
    run: implementation.default.run,
    fingerprint: fingerprint.digest,
    adapters: Object.fromEntries(uses.map(([port, { adapter }]) => [port, adapter])),
    ports: Object.fromEntries(uses.map(([port, { registered }]) => [port, registered.fingerprint])),
    registration: registrationOf(skill, fingerprint, ports),
    codeUnchanged: () => {
      unchanged &&= firstChanged(stamps) === undefined;
      return Promise.resolve(unchanged);
    },
  };
}
