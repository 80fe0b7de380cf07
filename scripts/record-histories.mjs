// `npm run record-histories`: installs, builds, and records histories of every shape for test/replay, on a PostgreSQL
// and a Temporal server of its own. Arguments name shapes: `npm run record-histories -- map child`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { run, withTestStack } from './lib/test-stack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
const args = [join(root, 'test/dist/replay/record.js'), ...process.argv.slice(2)];
process.exitCode = await withTestStack(root, { durable: false, say: line => console.log(line) }, ({ env }) =>
  run(root, process.execPath, args, env),
);
