import { randomUUID } from 'node:crypto';
import { CairnApiError, type CairnClient, type Run } from '@cairn/client';
import type { Command } from 'commander';
import { explained } from '../api/explain-error.js';
import { CliError, EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { follow } from './follow.js';
import type { ApiOptions } from './options.js';

/** What every command takes that begins a run. */
export interface StartOptions extends ApiOptions {
  readonly watch?: true;
  readonly idempotencyKey?: string;
}

/** Adds `--watch` and `--idempotency-key`. */
export function startOptions(command: Command): Command {
  return command
    .option('--watch', 'follow it until it has ended; exit code 0 only if it completed')
    .option('--idempotency-key <key>', 'the same key with the same request gives the same run');
}

type Started = Awaited<ReturnType<CairnClient['startRun']>>;

/**
 * Has a run begun, under a key of its own where none was given, and follows it if that was asked for.
 * @returns the exit code
 */
export async function start(
  client: CairnClient,
  options: StartOptions,
  shell: Shell,
  begin: (idempotencyKey: string) => Promise<Started>,
): Promise<number> {
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  const { run, replayed } = await begin(idempotencyKey).catch((error: unknown) =>
    Promise.reject(withKey(error, idempotencyKey)),
  );
  if (options.watch) return follow(client.baseUrl, run, options, shell);
  if (options.json) shell.json(run);
  else tellStarted(run, replayed, shell);
  return EXIT.completed;
}

function tellStarted({ id }: Run, replayed: boolean, { screen }: Shell): void {
  const { bold, dim } = screen.colours;
  screen.line(`  ${replayed ? 'This key has a run already' : 'Accepted'}: ${bold(id)}`);
  screen.line(`  ${dim(`To see how it goes: cairn runs watch ${id}`)}`);
}

/** Whether a request without an answer was accepted is not known: with its key it may be sent again. */
function withKey(error: unknown, key: string): unknown {
  const said = explained(error);
  if (!(error instanceof CairnApiError && error.retryable && said instanceof CliError)) return said;
  const again = `Sent again with --idempotency-key ${key} it starts one run at most`;
  return new CliError(said.message, said.exitCode, [...said.details, again], said.code);
}
