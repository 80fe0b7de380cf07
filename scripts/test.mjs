// `npm test`: installs, builds, checks formatting and lint, then runs every test on one real PostgreSQL and one
// real Temporal server, which end with it. Arguments go to jest: `npm test -- libs/engine`.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { run, withTestStack } from './lib/test-stack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = name => join(root, 'node_modules', '.bin', name);
const started = Date.now();
const say = line => console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);

async function check() {
  say('checking format, types of the browser code, and lint');
  const targets = ['format-check', 'typecheck-browser', 'lint'];
  if ((await run(root, bin('nx'), ['run-many', '-t', ...targets, '-p', 'cairn'])) !== 0)
    throw new Error('Format, types or lint: see above');
}

/** Servers that some tests use are built once on a machine: before the tests, which would be slow beside that. */
async function buildServers() {
  const load = path => import(pathToFileURL(join(root, path)).href);
  const { serverPrograms } = await load('test/dist/support/cluster/server-programs.js');
  const { findS3Gateway } = await load('libs/local-stack/dist/index.js');
  // Where that is not possible the tests that need them say so.
  await findS3Gateway({ log: say }).catch(error => say(error.message));
  await serverPrograms(say).catch(error => say(error.message));
}

async function runTests({ home, env }, args) {
  say('running the tests');
  const report = join(home, 'report.json');
  const node = ['--experimental-vm-modules', '--no-warnings', bin('jest'), '--config', 'jest.config.mjs'];
  const code = await run(root, process.execPath, [...node, '--json', '--outputFile', report, ...args], env);
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot even be loaded counts as one failure, so that it never goes unseen.
  const failed = counts.numFailedTests || counts.numFailedTestSuites;
  return {
    code,
    line: `${counts.numPassedTests} passed, ${failed} failed, ${counts.numPendingTests} skipped`,
  };
}

try {
  await prepare(root);
  const args = process.argv.slice(2);
  if (args.length === 0) {
    await check();
    await buildServers();
  }
  const { code, line } = await withTestStack(root, { durable: false, say }, stack => runTests(stack, args));
  say('done');
  console.log(line);
  process.exit(code);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
