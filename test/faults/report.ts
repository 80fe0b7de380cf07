import type { Executions } from './executions.js';
import type { Fault } from './fault-plan.js';
import { seconds, type Outcomes } from './judgement.js';
import type { Supervised } from './supervised.js';

export interface Findings {
  readonly seed: number;
  readonly durationMs: number;
  /** Why the disk was not filled; undefined when it was. */
  readonly diskLeftOut?: string;
  readonly faults: readonly Fault[];
  readonly outcomes: Outcomes;
  readonly accepted: number;
  /** Starts that were sent more than once before they were answered. */
  readonly resent: number;
  readonly compared: number;
  readonly executions: Executions;
  readonly programs: readonly Supervised[];
  /** Collections during the faults. */
  readonly collections: number;
  /** What the one afterwards removed, in words. */
  readonly collection: string;
  readonly problems: readonly string[];
  /** Where the programs' logs are when there are problems. */
  readonly logs: string;
}

const SHOWN = 40;

/** All that was found, for a reader. */
export function reportOf(found: Findings): string {
  const { faults, outcomes, executions, programs, collection, problems } = found;
  const kinds = new Map<string, number>();
  for (const { kind } of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const selfExits = programs.flatMap(({ name, selfExits }) => selfExits.map(how => `${name}: ${how}`));
  return [
    '',
    `Fault run, seed ${found.seed}, ${seconds(found.durationMs)} s of faults`,
    ...(found.diskLeftOut === undefined ? [] : [`LEFT OUT: the full disk (${found.diskLeftOut})`]),
    ...table('faults', kinds),
    ...table('accepted runs', outcomes.byStatus),
    ...table(
      'further figures',
      new Map<string, number | string>([
        ['runs accepted', found.accepted],
        ['starts sent again for want of an answer', found.resent],
        ['last run ended after the last fault (s)', seconds(Math.max(0, outcomes.slowestMs))],
        ['completed runs equal to an undisturbed one', found.compared],
        ['collections during the faults', found.collections],
        ['works', executions.works],
        ['executions', executions.executions],
      ]),
    ),
    ...table('executions beyond a first, by what became of the one before', executions.repeats),
    ...list('programs that ended by themselves', selfExits),
    `collected afterwards: ${collection}`,
    ...list('PROBLEMS', problems),
    problems.length === 0
      ? 'All holds.'
      : `${problems.length} problems; again with CAIRN_FAULTS_SEED=${found.seed}; the logs are in ${found.logs}`,
    '',
  ].join('\n');
}

function table(title: string, rows: ReadonlyMap<string, number | string>): readonly string[] {
  const sorted = [...rows];
  const width = Math.max(0, ...sorted.map(([name]) => name.length));
  return [
    `${title}:`,
    ...sorted.map(([name, value]) => `  ${name.padEnd(width)}  ${String(value).padStart(6)}`),
  ];
}

function list(title: string, lines: readonly string[]): readonly string[] {
  const more = lines.length > SHOWN ? [`  … and ${lines.length - SHOWN} more`] : [];
  return [`${title}: ${lines.length}`, ...lines.slice(0, SHOWN).map(line => `  ${line}`), ...more];
}
