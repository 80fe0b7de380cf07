// Writes openapi.json and the client's types from the table of operations in dto/src/http. With --check it writes
// nothing, and fails when what is committed is not what it would write.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { http } from '../dto/dist/index.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const scratch = mkdtempSync(join(tmpdir(), 'cairn-openapi-'));
try {
  const document = join(scratch, 'openapi.json');
  const types = join(scratch, 'openapi.ts');
  writeFileSync(document, `${JSON.stringify(http.openApiDocument(version), null, 2)}\n`);
  const fromClient = createRequire(join(root, 'libs/client/package.json'));
  const generator = join(dirname(fromClient.resolve('openapi-typescript/package.json')), 'bin/cli.js');
  execFileSync(
    process.execPath,
    [generator, document, '-o', types, '--root-types', '--root-types-no-schema-prefix'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const stale = [
    [document, 'openapi.json'],
    [types, 'libs/client/src/generated/openapi.ts'],
  ].filter(([made, kept]) => settle(readFileSync(made, 'utf8'), join(root, kept)));
  if (check && stale.length > 0) {
    console.error(
      `${stale.map(([, kept]) => kept).join(' and ')}: out of date; run node scripts/openapi.mjs`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Whether the kept file differed; without --check it no longer does. */
function settle(made, kept) {
  let before;
  try {
    before = readFileSync(kept, 'utf8');
  } catch {
    before = undefined;
  }
  if (before === made) return false;
  if (!check) writeFileSync(kept, made);
  return true;
}
