import type { CairnClient } from '@cairn/client';
import { findOne, named } from './find-one.js';

export const KEY_ARGUMENT = named('key');

/** The id of the key that somebody named. @throws CliError */
export function findKey(client: CairnClient, name: string): Promise<string> {
  return findOne(name, {
    what: 'key',
    list: limit => client.listKeys({ limit }),
    describe: ({ id, name, role }) => `${id}  ${name} (${role})`,
    next: 'cairn keys list shows what there is',
  });
}
