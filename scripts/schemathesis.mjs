// `npm run test:schemathesis`: installs, builds, and has schemathesis ask a started API whatever openapi.json allows and
// forbids; see test/schemathesis/README.md. Arguments go to it: `npm run test:schemathesis -- --examples 100`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await prepare(root);
// In this process, so that a signal reaches what has to clean up.
await import(join(root, 'test/dist/schemathesis/main.js'));
