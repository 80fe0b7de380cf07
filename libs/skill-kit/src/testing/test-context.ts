import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jcs, keyInput, sha256 } from '@cairn/canonical';
import { compile, cutTo, withDefaults } from '@cairn/dto';
import type { AnySkill, Skill } from '../define-skill.js';
import type { LogLevel, SkillContext, SkillTools } from '../implement-skill.js';
import type { Adapter, PortName, Ports } from '../ports.js';
import type { Resources } from '../resources.js';
import { runThread } from '../run-thread.js';
import { TestFiles } from './test-files.js';
import { testResources } from './test-resources.js';

/** What a skill is run with in a test. */
export interface TestSettings {
  /** As a workflow would give it: it is cut to the skill's schema, and defaults are filled in. */
  readonly input: unknown;
  /** Values of declared resources, by name. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** The folder from which the other declared resources are read. */
  readonly resourceRoot?: string;
  /** Real adapters of the ports that the skill uses; see also `ports`. */
  readonly adapters?: readonly Adapter[];
  /** Ports served by the test itself. */
  readonly ports?: Partial<Ports>;
  /** Bytes that the input's file references name, by any name; see `fileRef`. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly signal?: AbortSignal;
  /** Hears at once what the reports keep: what the skill logs, and how far it is. */
  readonly listener?: SkillListener;
  /** Default: from skill and input, as in the engine the same for the same work. */
  readonly seed?: number;
}

/** Somebody who watches a skill at work. */
export interface SkillListener {
  progress?(fraction: number, message?: string): void;
  log?(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
}

/** What a skill said while it ran. */
export interface TestReports {
  readonly progress: { readonly fraction: number; readonly message?: string }[];
  readonly log: {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: Record<string, unknown>;
  }[];
}

export interface TestSkillContext<C> {
  readonly context: C;
  readonly files: TestFiles;
  readonly reports: TestReports;
  /** Removes the temporary folder. */
  dispose(): Promise<void>;
}

/**
 * The context of a skill without engine, database or Temporal. The temporary folder and the threads are real; files
 * are kept in memory.
 *
 * @throws ValidationError when the skill's schema refuses the input, or a resource's schema its value.
 * @throws Error when a used port or a declared resource is not given.
 */
export async function createTestSkillContext<I, O, U extends PortName, R extends Resources>(
  skill: Skill<I, O, U, R>,
  settings: TestSettings,
): Promise<TestSkillContext<SkillContext<I, U, R>>> {
  const { spec } = skill;
  const input = withDefaults(spec.input, cutTo(spec.input, keyInput(settings.input)));
  compile(spec.input).parse(input, `The input of ${skill.id}`);
  const resources = await testResources(spec.resources ?? {}, input, {
    ...(settings.resources && { values: settings.resources }),
    ...(settings.resourceRoot !== undefined && { root: settings.resourceRoot }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'cairn-skill-test-'));
  const files = new TestFiles(join(folder, 'files'));
  for (const bytes of Object.values(settings.files ?? {})) files.add(bytes);
  const reports: TestReports = { progress: [], log: [] };
  const tools = await testTools(skill as unknown as AnySkill, input, settings, { folder, files, reports });
  const context = { ...tools, ...portsOf(skill as unknown as AnySkill, settings, tools), input, resources };
  return {
    context: context as unknown as SkillContext<I, U, R>,
    files,
    reports,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

async function testTools(
  skill: AnySkill,
  input: unknown,
  settings: TestSettings,
  { folder, files, reports }: { folder: string; files: TestFiles; reports: TestReports },
): Promise<SkillTools> {
  const tmp = join(folder, 'tmp');
  await mkdir(tmp);
  const signal = settings.signal ?? new AbortController().signal;
  const progress: SkillTools['progress'] = (fraction, message) => {
    if (!(fraction >= 0 && fraction <= 1))
      throw new RangeError(`${skill.id} reports a progress of ${fraction}; it is 0..1`);
    reports.progress.push({ fraction, ...(message !== undefined && { message }) });
    settings.listener?.progress?.(fraction, message);
  };
  const say = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    reports.log.push({ level, message, ...(fields && { fields }) });
    settings.listener?.log?.(level, message, fields);
  };
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  return {
    signal,
    tmp,
    seed: settings.seed ?? Number.parseInt(sha256(jcs([skill.id, skill.version, input])).slice(7, 15), 16),
    idempotencyKey: `test/${skill.id}`,
    log,
    progress,
    path: file => files.path(file),
    read: file => Promise.resolve(Uint8Array.from(files.get(file))),
    write: (type, source, options) => files.write(type, source, options),
    thread: (module, data) => runThread(module, data, { signal, progress, log }),
  };
}

function portsOf(skill: AnySkill, settings: TestSettings, tools: SkillTools): Partial<Ports> {
  const served = (skill.spec.uses ?? []).map(port => {
    const adapter = settings.adapters?.find(candidate => candidate.port === port);
    const value = settings.ports?.[port] ?? adapter?.create({ signal: tools.signal, thread: tools.thread });
    if (!value) throw new Error(`${skill.id} uses the port ${port}: give an adapter or ports.${port}`);
    return [port, value] as const;
  });
  return Object.fromEntries(served) as Partial<Ports>;
}
