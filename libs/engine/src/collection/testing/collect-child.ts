import { openFileStore } from '@cairn/artifact-store';
import { createDataSource } from '@cairn/dao';
import { silent } from '../../testing/test-engine.js';
import { collect } from '../collect.js';

/**
 * A process that collects and stops dead at one blob, before or after its bytes are removed, to be killed there.
 * Arguments: the database, the store's folder, `before` or `after`, and which blob, counted from 1.
 */
const [url, root, when, which] = process.argv.slice(2) as [string, string, 'before' | 'after', string];
const dataSource = await createDataSource({ url, poolSize: 3 }).initialize();
const store = openFileStore(root);
const halting = Object.create(store) as typeof store;
let removed = 0;
halting.remove = async (tenantId, digest) => {
  removed += 1;
  const here = removed === Number(which);
  const bytes = here && when === 'before' ? 0 : await store.remove(tenantId, digest);
  if (!here) return bytes;
  process.send?.('here');
  return new Promise(() => undefined);
};
await collect({ dataSource, store: halting, log: silent }, { graceMs: 0, limits: { blobs: 3 } });
throw new Error('the collection ended without being stopped');
