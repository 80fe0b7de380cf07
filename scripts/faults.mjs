// `npm run test:faults`: installs, builds, and strikes a Cairn with servers of its own for five minutes; see
// test/faults/README.md. Arguments go to it: `npm run test:faults -- --seconds 60`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
// In this process, so that a signal reaches what has to clean up.
await import(join(root, 'test/dist/faults/main.js'));
