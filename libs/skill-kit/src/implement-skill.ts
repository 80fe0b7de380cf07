import type { AnySkill, Skill } from './define-skill.js';
import type { FileRef } from './files.js';
import type { PortName, Ports } from './ports.js';
import type { Resources, ResourceValues } from './resources.js';

/** Where the bytes of a new artifact come from: memory, a local path, or a stream. */
export type ByteSource = Uint8Array | { readonly path: string } | AsyncIterable<Uint8Array>;

/**
 * What a skill has to say while it works: whoever follows the run sees it. It is no part of the result, nor of the key.
 * A line is cut to 2,000 characters; of its fields 2,000 bytes of JSON are kept, or none; of an attempt 1,000 lines.
 */
export interface SkillLog {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** How grave a line of a log is. */
export type LogLevel = keyof SkillLog;

/** What every skill has at hand, whatever its contract. */
export interface SkillTools {
  /** Aborted when the step is cancelled, times out or loses its worker. Obey it within a second. */
  readonly signal: AbortSignal;
  /** A folder of this attempt's own, removed afterwards. */
  readonly tmp: string;
  /** 32 bits from the cache key: the only source of randomness that keeps a skill deterministic. */
  readonly seed: number;
  readonly log: SkillLog;
  /** The same for every attempt at this step: for effects outside. */
  readonly idempotencyKey: string;
  /** `fraction` is 0..1. */
  progress(fraction: number, message?: string): void;
  /** A local path with the file's verified bytes; read-only. */
  path(file: FileRef): Promise<string>;
  /** The file's verified bytes, for small files. */
  read(file: FileRef): Promise<Uint8Array>;
  /** Puts bytes into the artifact store and gives the reference to return. */
  write<K extends string>(
    type: K,
    source: ByteSource,
    options: { filename: string; metadata?: Record<string, unknown> },
  ): Promise<FileRef<K>>;
  /**
   * Runs the default export of a module, `(data, tools: ThreadTools) => result`, in a thread of its own, so that
   * heartbeats never wait for CPU work. The thread ends with `signal`. Call it as
   * `thread(new URL('./encode.thread.js', import.meta.url), data)`: the fingerprint follows this form.
   */
  thread<T>(module: URL, data: unknown): Promise<T>;
}

/** What the function in a thread gets beside its data. */
export interface ThreadTools {
  readonly log: SkillLog;
  progress(fraction: number, message?: string): void;
}

export type SkillContext<
  I,
  U extends PortName = never,
  R extends Resources = Record<never, never>,
> = SkillTools & {
  readonly input: I;
  readonly resources: ResourceValues<R>;
} & Pick<Ports, U>;

/** A skill with what it does. `O` is the type of its output. */
export interface SkillImplementation<O = unknown> {
  readonly skill: AnySkill;
  run(context: never): Promise<O>;
}

/** Says what a declared skill does; the default export of its `run.ts`. */
export function implementSkill<I, O, U extends PortName, R extends Resources>(
  skill: Skill<I, O, U, R>,
  run: (context: SkillContext<I, U, R>) => Promise<O>,
): SkillImplementation<O> {
  return { skill: skill as unknown as AnySkill, run: run as SkillImplementation<O>['run'] };
}
