// `npm run soak`: installs, builds, and puts a steady load on a whole installation for an hour, while it measures what
// each part uses; see test/soak/README.md. Arguments go to it: `npm run soak -- --minutes 3`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
// In this process, so that a signal reaches what has to clean up.
await import(join(root, 'test/dist/soak/main.js'));
