// `npm run cluster`: installs, builds, and starts a whole installation as separate processes, until Ctrl-C: PostgreSQL,
// Temporal's full server on it, two APIs, two workers. Each can be killed by the process id that is printed. Arguments
// go to it: `npm run cluster -- --apis 3 --workers 4`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
// In this process, so that a signal reaches what has to clean up.
await import(join(root, 'test/dist/cluster.js'));
