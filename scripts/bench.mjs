// `npm run bench`: installs, builds, and runs each benchmark of test/bench on a stack that keeps its promises
// (fsync on). Each compares two things in one run; see test/bench/README.md.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { run, withTestStack } from './lib/test-stack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const BENCHMARKS = ['cached-run'];

await prepare(root);
const code = await withTestStack(root, { durable: true, say: console.log }, async ({ env }) => {
  let worst = 0;
  for (const name of BENCHMARKS) {
    console.log(`\n${name}`);
    worst = Math.max(worst, await run(root, process.execPath, [join('test/dist/bench', `${name}.js`)], env));
  }
  return worst;
});
process.exit(code);
