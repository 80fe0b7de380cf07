// `npm run bench`: installs, builds, and runs each benchmark of test/bench on a stack that keeps its promises
// (fsync on), or those that are named: `npm run bench -- by-hand`. Each compares two things in one run; see
// test/bench/README.md.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { run, withTestStack } from './lib/test-stack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const BENCHMARKS = ['by-hand', 'map', 'cached-run', 'large-artifact', 'events', 'lists', 'isolation'];

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${BENCHMARKS.join(', ')}`);
  process.exit(2);
}

await prepare(root);
const code = await withTestStack(root, { durable: true, say: console.log }, async ({ env }) => {
  let worst = 0;
  for (const name of asked.length > 0 ? asked : BENCHMARKS)
    worst = Math.max(worst, await run(root, process.execPath, [join('test/dist/bench', `${name}.js`)], env));
  return worst;
});
process.exit(code);
