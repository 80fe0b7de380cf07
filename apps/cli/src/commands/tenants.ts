import type { TenantLimits } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { listTenants, showTenant } from '../show/tenant-report.js';
import { sizeOrNone, wholeNumberOrNone, type Limit } from './limits.js';
import { apiOptions, wholeNumber, type ApiOptions } from './options.js';

const TENANT = ['<tenant>', "a tenant's id"] as const;

/** `cairn tenants …`: for the operator of an installation. */
export function addTenants(program: Command, shell: Shell): void {
  const tenants = program
    .command('tenants')
    .description('make tenants, list and limit them, delete them; with the key of the operator');
  addCreate(tenants, shell);
  addList(tenants, shell);
  addShow(tenants, shell);
  addUpdate(tenants, shell);
  addDelete(tenants, shell);
}

interface Settings extends ApiOptions {
  readonly name?: string;
  readonly runs?: Limit;
  readonly stored?: Limit;
  readonly body?: Limit;
  readonly upload?: Limit;
}

function settingsOptions(command: Command): Command {
  return apiOptions(
    command
      .option('--name <name>', 'for people')
      .option(
        '--runs <count>',
        'runs at once; the others wait for their turn',
        wholeNumberOrNone(1, 1_000_000),
      )
      .option('--stored <size>', 'bytes in the store, like 500MiB', sizeOrNone)
      .option('--body <size>', 'bytes of a JSON body', sizeOrNone)
      .option('--upload <size>', 'bytes of an upload', sizeOrNone),
  ).addHelpText('after', '\nA limit is `none` where there is to be none.');
}

const limit = (said: Limit | undefined, now: number | null) =>
  said === undefined ? now : said === 'none' ? null : said;

/** What the options say; a limit that they leave out stays as it is. */
const limitsOf = ({ runs, stored, body, upload }: Settings, now: TenantLimits): TenantLimits => ({
  maxRunningRuns: limit(runs, now.maxRunningRuns),
  maxStoredBytes: limit(stored, now.maxStoredBytes),
  maxBodyBytes: limit(body, now.maxBodyBytes),
  maxUploadBytes: limit(upload, now.maxUploadBytes),
});
const NONE: TenantLimits = {
  maxRunningRuns: null,
  maxStoredBytes: null,
  maxBodyBytes: null,
  maxUploadBytes: null,
};

function addCreate(tenants: Command, shell: Shell): void {
  const command = tenants
    .command('create')
    .description('make a tenant')
    .argument('<tenant>', 'its id: lower-case letters, digits, - and _');
  settingsOptions(command).action((id: string, options: Settings) =>
    shell.perform(async () => {
      const { name = id } = options;
      const made = await openApi(options, shell).createTenant({ id, name, limits: limitsOf(options, NONE) });
      if (options.json) shell.json(made);
      else {
        showTenant(made, shell.screen);
        shell.screen.line(`\n  Its first key: cairn keys create NAME --role admin --tenant ${id}`);
      }
      return EXIT.completed;
    }),
  );
}

function addList(tenants: Command, shell: Shell): void {
  const command = tenants
    .command('list')
    .description('list tenants by their ids')
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 20)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(
    ({ limit, cursor, ...options }: ApiOptions & { readonly limit: number; readonly cursor?: string }) =>
      shell.perform(async () => {
        const page = await openApi(options, shell).listTenants({ limit, cursor });
        if (options.json) shell.json(page);
        else listTenants(page, shell.screen);
        return EXIT.completed;
      }),
  );
}

function addShow(tenants: Command, shell: Shell): void {
  const command = tenants
    .command('show')
    .description('show the limits of a tenant and what it has')
    .argument(...TENANT);
  apiOptions(command).action((id: string, options: ApiOptions) =>
    shell.perform(async () => {
      const tenant = await openApi(options, shell).getTenant(id);
      if (options.json) shell.json(tenant);
      else showTenant(tenant, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addUpdate(tenants: Command, shell: Shell): void {
  const command = tenants
    .command('update')
    .description('change the name or limits of a tenant; what is not named stays')
    .argument(...TENANT);
  settingsOptions(command).action((id: string, options: Settings) =>
    shell.perform(async () => {
      const client = openApi(options, shell);
      const now = await client.getTenant(id);
      const { name = now.name } = options;
      const tenant = await client.putTenant(id, { name, limits: limitsOf(options, now.limits) });
      if (options.json) shell.json(tenant);
      else showTenant(tenant, shell.screen);
      return EXIT.completed;
    }),
  );
}

function addDelete(tenants: Command, shell: Shell): void {
  const command = tenants
    .command('delete')
    .description('delete a tenant with all that it owns')
    .argument(...TENANT)
    .requiredOption('--yes <tenant>', 'the id again, as nothing of it can be brought back');
  apiOptions(command).action((id: string, { yes, ...options }: ApiOptions & { readonly yes: string }) =>
    shell.perform(async () => {
      if (yes !== id) command.error(`error: --yes names ${yes}, not ${id}`);
      const tenant = await openApi(options, shell).deleteTenant(id);
      if (options.json) shell.json(tenant);
      else showTenant(tenant, shell.screen);
      return EXIT.completed;
    }),
  );
}
