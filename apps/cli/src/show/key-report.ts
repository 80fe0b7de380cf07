import type { Key, KeyList, NewKey } from '@cairn/client';
import { ago, oneLine } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

const COLUMNS = [
  { title: 'key' },
  { title: 'name', flexible: true },
  { title: 'role' },
  { title: 'status' },
  { title: 'used', align: 'right', dispensable: true },
  { title: 'made', align: 'right', dispensable: true },
] as const;

/** Prints a page of the records of keys. */
export function listKeys({ items, nextCursor }: KeyList, screen: Screen): void {
  const { dim } = screen.colours;
  if (items.length === 0) return screen.line('  No keys. cairn keys create NAME --role ROLE makes one.');
  const rows = items.map(key => [
    key.id,
    oneLine(key.name),
    key.role,
    statusOf(key, screen.colours),
    dim(key.lastUsedAt === undefined ? 'never' : ago(key.lastUsedAt)),
    dim(ago(key.createdAt)),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${dim(`There are more: --cursor ${nextCursor}`)}`);
}

/** Prints the record of a key. */
export function showKey(key: Key, screen: Screen): void {
  const lines = fields(
    [
      ['Key', key.id],
      ['Name', oneLine(key.name)],
      ['Role', key.role],
      ['Gates', key.gateRoles && (key.gateRoles.join(', ') || 'none')],
      ['Requests', key.ratePerMinute === undefined ? undefined : `${key.ratePerMinute} a minute`],
      ['Status', statusOf(key, screen.colours)],
      ['Expires', key.expiresAt],
      ['Used', key.lastUsedAt && ago(key.lastUsedAt)],
      ['Before', key.previousUntil && `taken until ${key.previousUntil}`],
    ],
    screen,
  );
  for (const line of lines) screen.line(line);
}

/** Prints a key that was made now, with its record: nobody can print it again. */
export function showNewKey({ key, ...record }: NewKey, screen: Screen): void {
  showKey(record, screen);
  screen.line(`\n  ${screen.colours.dim('The key, which is not shown again:')}\n  ${key}`);
}

function statusOf({ revokedAt, expiresAt }: Key, colours: Colours): string {
  if (revokedAt !== undefined) return colours.dim(`– revoked ${ago(revokedAt)}`);
  if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()) return colours.dim('– expired');
  return colours.green('✔ valid');
}
