// `npm test`: installs, builds, checks formatting and lint, then runs every test on one real PostgreSQL and one
// real Temporal server, which end with it. Arguments go to jest: `npm test -- libs/engine`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepare } from './lib/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = name => join(root, 'node_modules', '.bin', name);
const started = Date.now();
const say = line => console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

async function check(what, command, args) {
  say(what);
  if ((await run(command, args)) !== 0) throw new Error(`${what}: failed`);
}

async function runTests(args) {
  const { startLocalStack } = await import(pathToFileURL(join(root, 'libs/local-stack/dist/index.js')).href);
  // Short, and open to the user that PostgreSQL runs as.
  const home = mkdtempSync(join(tmpdir(), 'cairn-test-'));
  const report = join(home, 'report.json');
  say('starting PostgreSQL and Temporal');
  const stack = await startLocalStack({
    home,
    durable: false,
    searchAttributes: { CairnTenant: 'Keyword', CairnRunId: 'Keyword', CairnTags: 'KeywordList' },
    log: say,
  });
  try {
    say('running the tests');
    const flags = ['--config', 'jest.config.mjs', '--json', '--outputFile', report, ...args];
    const code = await run(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', bin('jest'), ...flags],
      {
        CAIRN_TEST_DATABASE_URL: stack.databaseUrl,
        CAIRN_TEST_TEMPORAL_ADDRESS: stack.temporalAddress,
      },
    );
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that cannot even be loaded counts as one failure, so that it never goes unseen.
    const failed = numFailedTests || numFailedTestSuites;
    return { code, line: `${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped` };
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

try {
  await prepare(root);
  const args = process.argv.slice(2);
  if (args.length === 0)
    await check('checking format, types of the browser code, and lint', bin('nx'), [
      'run-many',
      '-t',
      'format-check',
      'typecheck-browser',
      'lint',
      '-p',
      'cairn',
    ]);
  const { code, line } = await runTests(args);
  say('done');
  console.log(line);
  process.exit(code);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
