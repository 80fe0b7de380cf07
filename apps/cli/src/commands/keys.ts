import type { Key } from '@cairn/client';
import { InvalidArgumentError, type Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findKey, KEY_ARGUMENT } from '../api/find-key.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { listKeys, showKey, showNewKey } from '../show/key-report.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';

const ROLES = ['viewer', 'runner', 'approver', 'admin'];
const DAY_MS = 86_400_000;

/** `cairn keys …`: who may use the API, and as what. */
export function addKeys(program: Command, shell: Shell): void {
  const keys = program.command('keys').description('make keys to the API, list, rotate and revoke them');
  addCreate(keys, shell);
  addList(keys, shell);
  addRotate(keys, shell);
  addRevoke(keys, shell);
}

interface CreateOptions extends ApiOptions {
  readonly role: Key['role'];
  readonly tenant?: string;
  readonly gateRole?: readonly string[];
  readonly rate?: number;
  readonly expires?: number;
}

function addCreate(keys: Command, shell: Shell): void {
  const command = keys
    .command('create')
    .description('make a key, and print it this once')
    .argument('<name>', 'whose it is')
    .addOption(choice('--role <role>', 'what it may do', ROLES).makeOptionMandatory())
    .option('--gate-role <role...>', 'the roles in which it decides on gates (default: any)')
    .option('--rate <count>', 'requests in a minute', wholeNumber(1, 1_000_000))
    .option('--expires <time>', 'for how long it is valid, as in 12h or 90d (default: for ever)', lifetime)
    .option('--tenant <tenant>', 'of this tenant, with the key of the operator');
  apiOptions(command).action(
    (name: string, { role, tenant, gateRole, rate, expires, ...options }: CreateOptions) =>
      shell.perform(async () => {
        const client = openApi(options, shell);
        const request = {
          name,
          role,
          ...(gateRole !== undefined && { gateRoles: [...gateRole] }),
          ...(rate !== undefined && { ratePerMinute: rate }),
          ...(expires !== undefined && { expiresAt: new Date(Date.now() + expires).toISOString() }),
        };
        const made =
          tenant === undefined
            ? await client.createKey(request)
            : await client.createTenantKey(tenant, request);
        if (options.json) shell.json(made);
        else showNewKey(made, shell.screen);
        return EXIT.completed;
      }),
  );
}

interface ListOptions extends ApiOptions {
  readonly limit: number;
  readonly cursor?: string;
}

function addList(keys: Command, shell: Shell): void {
  const command = keys
    .command('list')
    .description('list keys, newest first; those that are revoked too')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(({ limit, cursor, ...options }: ListOptions) =>
    shell.perform(async () => {
      const page = await openApi(options, shell).listKeys({ limit, cursor });
      if (options.json) shell.json(page);
      else listKeys(page, shell.screen);
      return EXIT.completed;
    }),
  );
}

interface RotateOptions extends ApiOptions {
  readonly overlap?: string;
}

function addRotate(keys: Command, shell: Shell): void {
  const command = keys
    .command('rotate')
    .description('give a key a new secret, and print it this once')
    .argument('<key>', KEY_ARGUMENT)
    .option('--overlap <time>', 'for how long the key as it was is taken, as in 15m; or 0 (default: 24h)');
  apiOptions(command).action((named: string, { overlap, ...options }: RotateOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const id = await findKey(client, named);
      const made = await client.rotateKey(id, overlap === undefined ? {} : { overlap });
      if (options.json) shell.json(made);
      else showNewKey(made, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addRevoke(keys: Command, shell: Shell): void {
  const command = keys
    .command('revoke')
    .description('have a key open nothing any more')
    .argument('<key>', KEY_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const key = await client.revokeKey(await findKey(client, named));
      if (options.json) shell.json(key);
      else showKey(key, shell.screen);
      return EXIT.completed;
    }),
  );
}

/** For commander: hours or days, in milliseconds. */
function lifetime(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  if (unit === undefined) throw new InvalidArgumentError('It must be hours or days, like 12h or 90d.');
  return Number(count) * (unit === 'd' ? DAY_MS : DAY_MS / 24);
}
