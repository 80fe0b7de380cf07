import type { Collection, CollectionRequest } from '@cairn/client';
import type { Command } from 'commander';
import { openApi } from '../api/find-api.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { bytes, counted } from '../show/format.js';
import { fields } from '../show/table.js';
import { apiOptions, type ApiOptions } from './options.js';

/** `cairn gc`: one collection of the store. */
export function addGc(program: Command, shell: Shell): void {
  const command = program
    .command('gc')
    .description('remove what nobody needs from the store')
    .option('--dry-run', 'only tell what would be removed')
    .option('--grace <time>', 'keep what was touched more recently, as in 15m, 12h or 0 (default: 1h)');
  apiOptions(command).action(({ url, json, ...request }: CollectionRequest & ApiOptions) =>
    shell.perform(async () => {
      const collection = await openApi({ url }, shell).collectStore(request);
      if (json) shell.json(collection);
      else showCollection(collection, shell);
      // What could not be removed stays, and the next collection tries again.
      return collection.failed > 0 ? EXIT.failed : EXIT.completed;
    }),
  );
}

function showCollection(collection: Collection, { screen }: Shell): void {
  const { colours } = screen;
  const { dryRun, blobs, leftovers, unrecorded, runs, artifacts, entries, failed, grace } = collection;
  const verb = dryRun ? 'Would free' : 'Freed';
  const some = (count: number, word: string) => (count > 0 ? counted(count, word) : undefined);
  const much = ({ count, bytes: size }: Collection['blobs']) =>
    count > 0 ? `${counted(count, 'file')}, ${bytes(size)}` : undefined;
  const remains = Object.values(collection.remains).reduce((sum, count) => sum + count, 0);
  const lines = fields(
    [
      ['Bytes', much(blobs)],
      ['Runs', some(runs, 'run')],
      ['Artifacts', some(artifacts, 'record')],
      ['Cache', some(entries, 'entry')?.replace('entrys', 'entries')],
      ['Incomplete', much(leftovers)],
      ['Unrecorded', much(unrecorded)],
      ['Remains', some(remains, 'record')],
      [
        'Failed',
        failed > 0 ? colours.red(`${counted(failed, 'file')}: the log of the API says why`) : undefined,
      ],
    ],
    screen,
  );
  const kept = colours.dim(`(grace ${grace})`);
  if (lines.length === 0) return screen.line(`  Nothing to remove ${kept}`);
  screen.line(`  ${colours.bold(`${verb} ${bytes(blobs.bytes)}`)} ${kept}\n`);
  for (const line of lines) screen.line(line);
}
