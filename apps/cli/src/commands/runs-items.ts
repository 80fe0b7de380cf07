import type { MapItem, MapItemList, MapItemQuery } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { oneLine } from '../show/format.js';
import type { Colours } from '../show/screen.js';
import { table } from '../show/table.js';
import { apiOptions, choice, wholeNumber, type ApiOptions } from './options.js';

/** `cairn runs items`: what a map of a run does for each item. */
export function addItems(runs: Command, shell: Shell): void {
  const command = runs
    .command('items')
    .description('list the items of a map, in the order of its list')
    .argument('<run>', RUN_ARGUMENT)
    .argument('<step>', 'the map')
    .addOption(choice('--status <status>', 'only items in this state', ['pending', 'done', 'failed']))
    .option('--limit <count>', 'how many, 200 at most', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'go on where the page before ended');
  apiOptions(command).action(
    (named: string, step: string, { url, json, ...query }: MapItemQuery & ApiOptions) =>
      shell.perform(async () => {
        const client = openApi({ url }, shell);
        const page = await client.listMapItems(await findRun(client, named), step, query);
        if (json) shell.json(page);
        else listItems(page, shell);
        return EXIT.completed;
      }),
  );
}

const COLUMNS = [{ title: 'item' }, { title: 'result' }, { title: 'output', flexible: true }] as const;

function listItems({ items, nextCursor }: MapItemList, { screen }: Shell): void {
  const { colours } = screen;
  if (items.length === 0) return screen.line('  No such items.');
  const rows = items.map(item => [item.key, resultOf(item, colours), colours.dim(detailOf(item))]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${colours.dim(`There are more: --cursor ${nextCursor}`)}`);
}

function resultOf({ status, cached }: MapItem, colours: Colours): string {
  if (status === 'failed') return colours.red('✖ failed');
  if (status === 'pending') return colours.dim('· waiting');
  return cached ? colours.cyan('≡ from cache') : colours.green('✔ done');
}

function detailOf({ error, errorCode, output }: MapItem): string {
  if (error !== undefined) return oneLine(`${errorCode ?? ''} ${error}`);
  return output === undefined ? '' : JSON.stringify(output);
}
