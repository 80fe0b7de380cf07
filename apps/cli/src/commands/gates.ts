import { userInfo } from 'node:os';
import type { Gate, GateQuery } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findGate, GATE_ARGUMENT } from '../api/find-gate.js';
import { findRun } from '../api/find-run.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { listGates, showGate } from '../show/gate-report.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';

const STATUSES = ['open', 'approved', 'rejected', 'closed'];

/** `cairn gates …`: what waits for somebody's approval. */
export function addGates(program: Command, shell: Shell): void {
  const gates = program.command('gates').description('list what waits for approval, look at it, decide');
  addList(gates, shell);
  addShow(gates, shell);
  addDecision(gates, shell, true);
  addDecision(gates, shell, false);
}

interface ListOptions extends ApiOptions {
  readonly status: NonNullable<GateQuery>['status'] | 'all';
  readonly run?: string;
  readonly limit: number;
  readonly cursor?: string;
}

function addList(gates: Command, shell: Shell): void {
  const command = gates
    .command('list')
    .description('list gates, newest first')
    .addOption(choice('--status <status>', 'gates in this state', [...STATUSES, 'all']).default('open'))
    .option('--run <run>', 'only gates of this run')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(({ status, run, limit, cursor, ...options }: ListOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const runId = run === undefined ? undefined : await findRun(client, run);
      const only = status === 'all' ? undefined : status;
      const page = await client.listGates({ status: only, runId, limit, cursor });
      if (options.json) shell.json(page);
      else listGates(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addShow(gates: Command, shell: Shell): void {
  const command = gates
    .command('show')
    .description('show what is to be approved, and the command that does it')
    .argument('<gate>', GATE_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      tell(await client.getGate(await findGate(client, named)), options, shell);
      return EXIT.completed;
    }),
  );
}

interface DecisionOptions extends ApiOptions {
  readonly digest: string;
  readonly role: string;
  readonly by: string;
  readonly comment?: string;
}

function addDecision(gates: Command, shell: Shell, approve: boolean): void {
  const command = gates
    .command(approve ? 'approve' : 'reject')
    .description(`${approve ? 'approve' : 'reject'} what a gate shows`)
    .argument('<gate>', GATE_ARGUMENT)
    .requiredOption('--digest <digest>', 'of what was looked at, as `cairn gates show` prints it')
    .requiredOption('--role <role>', 'the role in which you decide')
    .option('--by <name>', 'who decides', userInfo().username)
    .option('--comment <text>', 'why');
  apiOptions(command).action((named: string, { digest, role, by, comment, ...options }: DecisionOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findGate(client, named);
      tell(await client.decideGate(id, { approve, digest, role, by, comment }), options, shell);
      return EXIT.completed;
    }),
  );
}

function tell(gate: Gate, { json }: ApiOptions, shell: Shell): void {
  if (json) shell.json(gate);
  else showGate(gate, shell.screen);
}
