import { readFile } from 'node:fs/promises';
import { BlobCorruptError, BlobNotFoundError } from '@cairn/artifact-store';
import { runThread, type FileRef, type SkillTools } from '@cairn/skill-kit';
import { keepBytes } from '../blobs/keep-bytes.js';
import type { Engine } from '../engine.js';
import type { AttemptReports, LogLevel } from '../reports/attempt-reports.js';
import type { PreparedStep } from './prepare-step.js';
import type { ScratchFolder } from './scratch-folder.js';

/** What the surroundings of an execution give: Temporal's activity, or a test. */
export interface ExecutionHooks {
  readonly attempt: number;
  readonly signal: AbortSignal;
  progress(fraction: number, message?: string): void;
}

/** What a context stands on. */
export interface SkillSurroundings {
  readonly engine: Pick<Engine, 'dataSource' | 'store' | 'log'>;
  /** A folder of this attempt's own. */
  readonly scratch: ScratchFolder;
  readonly hooks: ExecutionHooks;
  readonly notes: ExecutionNotes;
  /** Who hears what the skill says. */
  readonly reports: AttemptReports;
}

/** What is noticed while a skill runs. */
export interface ExecutionNotes {
  /** Digests of files that it asked for and that are missing or wrong. */
  readonly damaged: Set<string>;
  /** Digests of files that it has written. */
  readonly written: Set<string>;
  /** Whether it, or an adapter of its, has started a thread: code that was loaded only then. */
  startedThread: boolean;
}

/** The context that a skill is called with. */
export function skillContext(step: PreparedStep, surroundings: SkillSurroundings): unknown {
  const { engine, scratch, hooks, notes, reports } = surroundings;
  const { store, log } = engine;
  const { tenantId, runId, stepId } = step.request;
  const fields = { runId, stepId, attempt: hooks.attempt };
  const progress = (fraction: number, message?: string) => {
    hooks.progress(Math.min(1, Math.max(0, fraction)), message);
    reports.progress(fraction, message);
  };
  const say =
    (level: LogLevel): SkillTools['log']['info'] =>
    (message, more) => {
      if (level !== 'debug') log[level]({ ...more, ...fields }, message);
      reports.log(level, message, more);
    };
  const logging = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const thread: SkillTools['thread'] = (module, data) => {
    notes.startedThread = true;
    return runThread(module, data, { signal: hooks.signal, progress, log: logging });
  };
  const path = (file: FileRef) =>
    store.localPath(tenantId, file.digest).catch((error: unknown) => {
      if (error instanceof BlobNotFoundError || error instanceof BlobCorruptError)
        notes.damaged.add(file.digest);
      throw error;
    });
  const tools: Omit<SkillTools, 'tmp'> = {
    signal: hooks.signal,
    // 32 bits of the key: the same for the same work, whoever does it.
    seed: Number.parseInt(step.key.cacheKey.slice('sha256:'.length, 'sha256:'.length + 8), 16),
    idempotencyKey: `${runId}/${stepId}`,
    log: logging,
    progress,
    thread,
    path,
    read: async file => readFile(await path(file)),
    write: async (type, source, { filename, metadata }) => {
      const { digest, size } = await keepBytes(engine, tenantId, { runId, stepId }, source, hooks.signal);
      notes.written.add(digest);
      return { type, digest, size, filename, ...(metadata && { metadata }) };
    },
  };
  const ports = Object.entries(step.skill.adapters).map(
    ([port, adapter]) => [port, adapter.create({ signal: hooks.signal, thread })] as const,
  );
  const resources = Object.entries(step.resources).map(([name, { value }]) => [name, value] as const);
  return {
    ...tools,
    get tmp() {
      return scratch.path;
    },
    ...Object.fromEntries(ports),
    // A skill's own copy: what one execution changes, the next must not see.
    input: structuredClone(step.input),
    resources: structuredClone(Object.fromEntries(resources)),
  };
}
