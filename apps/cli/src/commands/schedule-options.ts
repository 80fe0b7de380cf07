import type { ScheduleDefinition, ScheduleSummary } from '@cairn/client';
import type { Command } from 'commander';
import { choice, wholeNumber, type ApiOptions } from './options.js';
import type { Shell } from '../shell.js';
import { readJsonOption } from '../trigger-file.js';

const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'allow_all', 'cancel_other', 'terminate_other'];

/** A schedule's definition, as it is typed. */
export interface DefinitionOptions extends ApiOptions {
  readonly workflow?: string;
  readonly version?: string;
  readonly trigger?: string;
  readonly refresh?: true;
  readonly cron?: readonly string[];
  readonly every?: string;
  readonly offset?: string;
  readonly timeZone?: string;
  readonly jitter?: string;
  readonly startAt?: string;
  readonly endAt?: string;
  readonly overlap?: ScheduleDefinition['overlap'];
  readonly catchup?: string;
  readonly remaining?: number;
}

/** Adds what says how a run is to be started, and when. */
export function definitionOptions(command: Command): Command {
  return command
    .option('--version <version>', 'of the workflow; the newest at each firing unless given')
    .option('--refresh', 'each run takes no earlier results')
    .option('--cron <expression>', 'when, e.g. "0 7 * * 1-5"; several may be given', collected)
    .option('--every <time>', 'instead: an interval, e.g. 30m')
    .option('--offset <time>', 'shifts the interval')
    .option('--time-zone <zone>', 'in which --cron is read, e.g. Europe/Berlin; UTC unless given')
    .option('--jitter <time>', 'each firing is late by chance, by at most so much')
    .option('--start-at <instant>', 'nothing is due before')
    .option('--end-at <instant>', 'nothing is due after')
    .addOption(choice('--overlap <policy>', 'while an earlier run is under way', OVERLAPS))
    .option('--catchup <time>', 'after an outage, what was due so long ago is still started; 1h unless given')
    .option('--remaining <count>', 'so many runs are started, and then none', wholeNumber(1, 1_000_000));
}

const collected = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];

/** The definition that was typed; what was not is as it was. @throws CliError for a trigger that cannot be read */
export async function definitionOf(
  typed: DefinitionOptions,
  before: Partial<ScheduleSummary>,
  { env }: Shell,
): Promise<Omit<ScheduleDefinition, 'name' | 'workflow'>> {
  const trigger =
    typed.trigger === undefined ? before.trigger : await readJsonOption('trigger', typed.trigger, env);
  // An interval takes the place of cron expressions, and the other way round.
  const timed = typed.cron ?? typed.every;
  const when = timed === undefined ? before : typed;
  return {
    version: typed.version ?? before.version,
    trigger,
    options: typed.refresh ? { refresh: true } : before.options,
    cron: when.cron && [...when.cron],
    every: when.every,
    offset: typed.offset ?? when.offset,
    timeZone: typed.timeZone ?? before.timeZone,
    jitter: typed.jitter ?? before.jitter,
    startAt: typed.startAt ?? before.startAt,
    endAt: typed.endAt ?? before.endAt,
    overlap: typed.overlap ?? before.overlap,
    catchupWindow: typed.catchup ?? before.catchupWindow,
    remainingActions: typed.remaining ?? before.remainingActions,
  };
}
