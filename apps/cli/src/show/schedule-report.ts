import type { FiringList, Schedule, ScheduleList, ScheduleSummary } from '@cairn/client';
import { oneLine } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

const COLUMNS = [
  { title: 'schedule' },
  { title: 'workflow', flexible: true },
  { title: 'when', flexible: true },
  { title: 'state' },
  { title: 'remark', flexible: true, dispensable: true },
] as const;

/** Prints a page of schedules. */
export function listSchedules({ items, nextCursor }: ScheduleList, screen: Screen): void {
  const { dim } = screen.colours;
  if (items.length === 0)
    return screen.line('  No schedules. cairn schedules create NAME --workflow WORKFLOW makes one.');
  const rows = items.map(schedule => [
    schedule.name,
    schedule.workflow,
    whenOf(schedule),
    stateOf(schedule, screen.colours),
    oneLine(schedule.syncError ?? schedule.note ?? ''),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${dim(`There are more: --cursor ${nextCursor}`)}`);
}

/** Prints a schedule, when it is due next, and what came of the times before. */
export function showSchedule(schedule: Schedule, screen: Screen): void {
  const { colours } = screen;
  const { name, workflow, version, trigger, options, firings, nextFirings = [] } = schedule;
  const { due, ran, skipped, missed, paused, pending } = firings;
  screen.line();
  screen.line(
    `  ${colours.bold(name)}  ${workflow} ${colours.dim(version ?? 'newest version')}  ${stateOf(schedule, colours)}`,
  );
  screen.line();
  const counts = [
    [ran, 'ran'],
    [skipped, 'skipped'],
    [missed, 'missed'],
    [paused, 'paused'],
    [pending, 'not known yet'],
  ] as const;
  const told = counts.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])).join(', ');
  const lines = fields(
    [
      ['Schedule', schedule.id],
      ['When', whenOf(schedule)],
      ['Jitter', schedule.jitter],
      ['From', schedule.startAt],
      ['Until', schedule.endAt],
      ['Overlap', schedule.overlap],
      ['Catches up', schedule.catchupWindow],
      ['Runs left', schedule.remainingActions?.toString()],
      ['Trigger', JSON.stringify(trigger)],
      ['Options', options && JSON.stringify(options)],
      ['Note', schedule.note && oneLine(schedule.note)],
      ['Refused', schedule.syncError && oneLine(schedule.syncError)],
      ['Was due', due > 0 ? `${due} times: ${told}` : 'never yet'],
      ...nextFirings.slice(0, 5).map((at, index) => [index === 0 ? 'Due next' : '', at] as const),
      ['In Temporal', schedule.temporalScheduleId],
    ],
    screen,
  );
  for (const line of lines) screen.line(line);
}

const FIRINGS = [
  { title: 'due' },
  { title: 'outcome' },
  { title: 'run' },
  { title: 'remark', dispensable: true },
] as const;

/** Prints a page of firings. */
export function listFirings({ items, nextCursor }: FiringList, screen: Screen): void {
  const { dim } = screen.colours;
  if (items.length === 0) return screen.line('  It was never due yet.');
  const rows = items.map(({ dueAt, outcome, runId, backfilled }) => [
    dueAt,
    outcomeOf(outcome, screen.colours),
    runId ?? '',
    backfilled ? 'backfilled' : '',
  ]);
  for (const line of table(FIRINGS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${dim(`There are more: --cursor ${nextCursor}`)}`);
}

function whenOf({ cron, every, offset, timeZone }: ScheduleSummary): string {
  const zone = timeZone === undefined ? '' : ` ${timeZone}`;
  if (cron) return `${cron.join(' | ')}${zone}`;
  return offset === undefined ? `every ${every}` : `every ${every}, shifted by ${offset}`;
}

function stateOf({ paused, synced, ended, syncError }: ScheduleSummary, colours: Colours): string {
  if (syncError !== undefined) return colours.red('✖ refused');
  const wait = synced ? '' : ', not in Temporal yet';
  if (paused) return colours.yellow(`⏸ paused${wait}`);
  return ended ? colours.dim('– over') : colours.green(`● on${wait}`);
}

function outcomeOf(outcome: FiringList['items'][number]['outcome'], colours: Colours): string {
  switch (outcome) {
    case 'ran':
      return colours.green('✔ ran');
    case 'missed':
      return colours.red('✖ missed');
    case 'skipped':
      return colours.yellow('– skipped');
    default:
      return colours.dim(`· ${outcome}`);
  }
}
