import { openFileStore } from '@cairn/artifact-store';

/**
 * Puts a file, or reads a blob to its end, and says in a line of JSON how long that took and by how much the process
 * has grown. What is loaded and compiled once is used before, with a blob of a few chunks.
 */
const [what, root, subject] = process.argv.slice(2) as [string, string, string];
const store = openFileStore(root);
const TENANT = 'bench';

async function read(digest: string): Promise<number> {
  let size = 0;
  for await (const piece of await store.open(TENANT, digest)) size += (piece as Uint8Array).length;
  return size;
}

const small = await store.put(TENANT, Buffer.alloc(4 << 20, 'x'));
await read(small.digest);

const work = {
  put: async () => store.put(TENANT, { path: subject }),
  read: async () => ({ digest: subject, size: await read(subject) }),
}[what];
if (!work) throw new Error(`There is no ${what}`);
const before = process.resourceUsage().maxRSS;
const begun = performance.now();
const { digest, size } = await work();
const milliseconds = performance.now() - begun;
// Of Linux and macOS alike, Node gives this in KiB.
const grown = (process.resourceUsage().maxRSS - before) / 1024;
console.log(JSON.stringify({ milliseconds, grown, digest, size }));
