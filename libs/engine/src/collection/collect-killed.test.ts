import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { collectWhenFree, startTestStore, type TestStore } from './testing/test-store.js';

// Real: a process that is killed with SIGKILL while it holds its locks, a database, files.
const CHILD = fileURLToPath(new URL('./testing/collect-child.js', import.meta.url));
let it: TestStore;
beforeAll(async () => void (it = await startTestStore()));
afterAll(() => it.stop());
beforeEach(() => it.reset());

test.each([
  ['before', 1, 0],
  ['after', 1, 1],
  // The second batch: the first is committed.
  ['before', 5, 4],
  ['after', 5, 5],
] as const)(
  'killed %s blob %d is removed, a collection can be repeated',
  async (when, which, removed) => {
    const kept = [await it.blob('kept by a run'), await it.blob('kept by the cache')];
    await it.artifact(await it.run(), kept[0]!);
    await it.entry(kept[1]!);
    const garbage: string[] = [];
    for (let n = 0; n < 8; n++) garbage.push(await it.blob(`garbage ${n}`));

    const child = fork(CHILD, [it.url, it.root, when, String(which)], { execArgv: [], silent: true });
    const exited = once(child, 'exit');
    await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`it ended: ${code}`))),
    ]);
    await expect(it.collect()).rejects.toMatchObject({ code: 'COLLECTION_RUNNING' });
    child.kill('SIGKILL');
    expect((await exited)[1]).toBe('SIGKILL');
    const states = await Promise.all(garbage.map(digest => it.has(digest)));
    expect(states.filter(state => state !== true)).toHaveLength(removed);

    // The database hands the dead process's locks back once it has noticed.
    const report = await collectWhenFree(() => it.collect());
    const committed = Math.floor((which - 1) / 3) * 3;
    expect(report.blobs.count).toBe(8 - committed);
    for (const digest of garbage) expect(await it.has(digest)).toBe(false);
    for (const digest of kept) {
      expect(await it.has(digest)).toBe(true);
      await it.store.verify('acme', digest);
    }
    expect((await it.collect()).blobs.count).toBe(0);
  },
  30_000,
);
