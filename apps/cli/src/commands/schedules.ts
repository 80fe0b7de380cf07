import type { CairnClient, Firing, Schedule } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findSchedule, SCHEDULE_ARGUMENT } from '../api/find-schedule.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { counted } from '../show/format.js';
import { listFirings, listSchedules, showSchedule } from '../show/schedule-report.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';
import { definitionOf, definitionOptions, type DefinitionOptions } from './schedule-options.js';
import { start, startOptions, type StartOptions } from './start.js';

/** `cairn schedules …`: runs that are started again and again. */
export function addSchedules(program: Command, shell: Shell): void {
  const schedules = program
    .command('schedules')
    .description('have runs started again and again: make schedules, look at them, change them');
  addCreate(schedules, shell);
  addList(schedules, shell);
  addShow(schedules, shell);
  addFirings(schedules, shell);
  addPause(schedules, shell, 'pause');
  addPause(schedules, shell, 'resume');
  addTrigger(schedules, shell);
  addBackfill(schedules, shell);
  addUpdate(schedules, shell);
  addDelete(schedules, shell);
}

interface CreateOptions extends DefinitionOptions {
  readonly workflow: string;
  readonly trigger: string;
  readonly paused?: true;
  readonly note?: string;
}

function addCreate(schedules: Command, shell: Shell): void {
  const command = schedules
    .command('create')
    .description('make a schedule')
    .argument('<name>', 'unique, e.g. every-morning')
    .requiredOption('--workflow <name>', 'what is started, e.g. campaign.build')
    .requiredOption('--trigger <file>', 'a JSON file with what each run is given; - for standard input');
  definitionOptions(command)
    .option('--paused', 'it starts no runs until it is resumed')
    .option('--note <text>', 'why');
  apiOptions(command).action((name: string, options: CreateOptions) =>
    shell.perform(async () => {
      const { workflow, paused, note } = options;
      const definition = await definitionOf(options, {}, shell);
      const client = openApi(options, shell);
      tell(await client.createSchedule({ ...definition, name, workflow, paused, note }), options, shell);
      return EXIT.completed;
    }),
  );
}

interface ListOptions extends ApiOptions {
  readonly workflow?: string;
  readonly limit: number;
  readonly cursor?: string;
}

function addList(schedules: Command, shell: Shell): void {
  const command = schedules
    .command('list')
    .description('list schedules, newest first')
    .option('--workflow <name>', 'only schedules of this workflow')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(({ workflow, limit, cursor, ...options }: ListOptions) =>
    shell.perform(async () => {
      const page = await openApi(options, shell).listSchedules({ workflow, limit, cursor });
      if (options.json) shell.json(page);
      else listSchedules(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addShow(schedules: Command, shell: Shell): void {
  forOne<ApiOptions>(schedules, shell, {
    name: 'show',
    description: 'show a schedule, when it is due next, and what came of the times before',
    work: (client, id) => client.getSchedule(id),
  });
}

interface FiringOptions extends ApiOptions {
  readonly outcome?: Firing['outcome'];
  readonly limit: number;
  readonly cursor?: string;
}

function addFirings(schedules: Command, shell: Shell): void {
  const outcomes = ['pending', 'ran', 'skipped', 'missed', 'paused'];
  const command = schedules
    .command('firings')
    .description('list the times at which a schedule was due, the latest first, and what came of each')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .addOption(choice('--outcome <outcome>', 'only those that came to this', outcomes))
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action((named: string, { outcome, limit, cursor, ...options }: FiringOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const page = await client.listFirings(await findSchedule(client, named), { outcome, limit, cursor });
      if (options.json) shell.json(page);
      else listFirings(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addPause(schedules: Command, shell: Shell, name: 'pause' | 'resume'): void {
  const pauses = name === 'pause';
  forOne<ApiOptions & { readonly note?: string }>(schedules, shell, {
    name,
    description: pauses
      ? 'have a schedule start no runs until it is resumed'
      : 'have a schedule that is paused start runs again',
    options: command => command.option('--note <text>', 'why'),
    work: (client, id, { note }) =>
      pauses ? client.pauseSchedule(id, note) : client.resumeSchedule(id, note),
  });
}

function addTrigger(schedules: Command, shell: Shell): void {
  const command = schedules
    .command('trigger')
    .description('start a run of a schedule now, beside all others')
    .argument('<schedule>', SCHEDULE_ARGUMENT);
  startOptions(apiOptions(command)).action((named: string, options: ApiOptions & StartOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findSchedule(client, named);
      return start(client, options, shell, idempotencyKey => client.triggerSchedule(id, { idempotencyKey }));
    }),
  );
}

interface BackfillOptions extends ApiOptions {
  readonly from: string;
  readonly to: string;
  readonly overlap?: Schedule['overlap'];
}

function addBackfill(schedules: Command, shell: Shell): void {
  const command = schedules
    .command('backfill')
    .description('start the runs of a span of time that is over')
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .requiredOption('--from <instant>', 'the first time that counts, e.g. 2026-11-20T00:00:00Z')
    .requiredOption('--to <instant>', 'the last one')
    .option('--overlap <policy>', 'how they go with other runs; one after the other unless given');
  apiOptions(command).action((named: string, { from, to, overlap, ...options }: BackfillOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findSchedule(client, named);
      const backfill = await client.backfillSchedule(id, { from, to, overlap });
      if (options.json) shell.json(backfill);
      else shell.screen.line(`  ${counted(backfill.firings, 'run')} will be started.`);
      return EXIT.completed;
    }),
  );
}

function addUpdate(schedules: Command, shell: Shell): void {
  forOne<DefinitionOptions & { readonly name?: string }>(schedules, shell, {
    name: 'update',
    description: 'change a schedule; what is not named stays as it is',
    options: command =>
      definitionOptions(
        command
          .option('--name <name>', 'another name')
          .option('--workflow <name>', 'another workflow')
          .option('--trigger <file>', 'a JSON file with what each run is given; - for standard input'),
      ),
    work: async (client, id, options) => {
      const before = await client.getSchedule(id);
      const { name = before.name, workflow = before.workflow } = options;
      const definition = await definitionOf(options, before, shell);
      return client.updateSchedule(id, { ...definition, name, workflow });
    },
  });
}

function addDelete(schedules: Command, shell: Shell): void {
  const command = schedules
    .command('delete')
    .description('delete a schedule; its runs stay')
    .argument('<schedule>', SCHEDULE_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findSchedule(client, named);
      await client.deleteSchedule(id);
      if (options.json) shell.json({ id });
      else shell.screen.line(`  Deleted. Its runs stay: cairn runs list --schedule ${id}`);
      return EXIT.completed;
    }),
  );
}

/** A command that does something to a schedule and shows it afterwards. */
function forOne<O extends ApiOptions>(
  schedules: Command,
  shell: Shell,
  what: {
    readonly name: string;
    readonly description: string;
    options?(command: Command): Command;
    work(client: CairnClient, id: string, options: O): Promise<Schedule>;
  },
): void {
  const command = schedules
    .command(what.name)
    .description(what.description)
    .argument('<schedule>', SCHEDULE_ARGUMENT);
  what.options?.(command);
  apiOptions(command).action((named: string, options: O) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      tell(await what.work(client, await findSchedule(client, named), options), options, shell);
      return EXIT.completed;
    }),
  );
}

function tell(schedule: Schedule, { json }: ApiOptions, shell: Shell): void {
  if (json) shell.json(schedule);
  else showSchedule(schedule, shell.screen);
}
