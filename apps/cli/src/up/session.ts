import { setTimeout as delay } from 'node:timers/promises';
import { startLocalStack, StackError, type LocalStack } from '@cairn/local-stack';
import type { Configuration } from '@cairn/configuration';
import { CliError, EXIT } from '../errors.js';
import { phase } from '../show/phase.js';
import type { Screen } from '../show/screen.js';
import { readApiRecord, type ApiRecord } from './api-record.js';
import { guardStack } from './guard-stack.js';
import { Programs } from './programs.js';
import type { Supervision } from './supervised-program.js';

/** What the engine looks for in Temporal's visibility store. */
const SEARCH_ATTRIBUTES = {
  CairnTenant: 'Keyword',
  CairnRunId: 'Keyword',
  CairnTags: 'KeywordList',
} as const;
const OTHER_START_WITHIN_MS = 90_000;

/** A Cairn that answers: this start's own, or that of another start of the same CAIRN_HOME. */
export interface Session {
  readonly apiUrl: string;
  readonly temporalUiUrl?: string;
  readonly temporalNamespace: string;
  /** Absent when another start runs them. */
  readonly programs?: Programs;
}

/** Something to undo in the end. */
export interface Cleanup {
  undo(): Promise<void>;
  /** What there is to do of it when nobody wants to wait. */
  atOnce?(): void;
}
/** Undone newest first. */
export type Cleanups = Cleanup[];

/**
 * Brings up the stack, the API and a worker; what was started is in `cleanups` at any moment.
 * @throws CliError with one line that says what to do
 */
export async function openSession(
  configuration: Configuration,
  env: NodeJS.ProcessEnv,
  screen: Screen,
  supervision: Supervision,
  cleanups: Cleanups,
): Promise<Session> {
  const { home, databaseUrl, temporalAddress, temporalNamespace } = configuration;
  const { signal } = supervision;
  const log = (line: string) => screen.line(`  ${line}`);
  const stack = await phase(
    screen,
    'Starting PostgreSQL and Temporal',
    () =>
      startLocalStack({
        ...{ home, databaseUrl, temporalAddress, temporalNamespace, log, signal },
        searchAttributes: SEARCH_ATTRIBUTES,
      }).catch(stackFailed(signal)),
    found => (found.shared ? 'PostgreSQL and Temporal of another start found' : whatRuns(configuration)),
  );
  cleanups.push({ undo: () => stack.stop() });
  if (stack.shared) {
    guardStack(stack, supervision, async () => undefined);
    return otherSession(configuration, stack, screen, signal);
  }
  const programs = new Programs(configuration, stack, env, supervision);
  cleanups.push({ undo: () => programs.stop(), atOnce: () => programs.kill() });
  guardStack(stack, supervision, () => programs.followStack());
  const apiUrl = await phase(
    screen,
    'Starting the API and a worker',
    async () => {
      const [url] = await Promise.all([programs.startApi(), programs.startWorker()]);
      return url;
    },
    url => `API ${url} and a worker`,
  );
  return { apiUrl, programs, ...temporalOf(stack) };
}

/** Waits for the other start to tell where its API is. */
async function otherSession(
  { home, catalog }: Configuration,
  stack: LocalStack,
  screen: Screen,
  signal: AbortSignal,
): Promise<Session> {
  const deadline = Date.now() + OTHER_START_WITHIN_MS;
  const find = async () => {
    for (;;) {
      const record = readApiRecord(home);
      const live = record && (await fetch(`${record.url}/livez`, { signal }).catch(() => undefined));
      if (record && live?.ok) return record;
      signal.throwIfAborted();
      if (Date.now() > deadline)
        throw new CliError(
          `Another start uses ${home} but has no API after 90 s: end it, or set another CAIRN_HOME`,
        );
      await delay(200, undefined, { signal });
    }
  };
  const record = await phase(screen, 'Looking for its API', find, ({ url }) => `API ${url} of that start`);
  refuseOtherCatalog(record, catalog);
  return { apiUrl: record.url, ...temporalOf(stack) };
}

/** @throws CliError: its API and its worker would not know what this start was given. */
export function refuseOtherCatalog(other: Pick<ApiRecord, 'catalog'>, catalog: string | undefined): void {
  if (other.catalog === catalog) return;
  const named = (path: string | undefined) => path ?? 'the shipped catalog';
  throw new CliError(
    `The start found above serves ${named(other.catalog)}, this one was given ${named(catalog)}`,
    EXIT.usage,
    ['End the other one with Ctrl-C first, or give this one another CAIRN_HOME'],
  );
}

const temporalOf = ({ temporalUiUrl, temporalNamespace }: LocalStack) => ({
  temporalUiUrl,
  temporalNamespace,
});

function whatRuns({ databaseUrl, temporalAddress }: Configuration): string {
  const given = (own: string, address: string | undefined) =>
    address === undefined ? own : `${own} (as given)`;
  return `${given('PostgreSQL', databaseUrl)} and ${given('Temporal', temporalAddress)}`;
}

function stackFailed(signal: AbortSignal): (error: unknown) => never {
  return error => {
    signal.throwIfAborted();
    if (error instanceof StackError)
      throw new CliError(error.message, EXIT.failed, error.logTail.split('\n').filter(Boolean).slice(-5));
    throw error;
  };
}
