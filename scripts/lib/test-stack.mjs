import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Runs a program of this repository and waits for its end.
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function run(root, command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

/**
 * Starts a PostgreSQL and a Temporal server of its own in a new folder, and stops and removes them afterwards.
 * @param {string} root folder of the clone, built
 * @param {{ durable: boolean, say: (line: string) => void }} options durable: with fsync, as in production
 * @param {(stack: { home: string, env: Record<string, string> }) => Promise<T>} work env is what tests read
 * @returns {Promise<T>}
 * @template T
 */
export async function withTestStack(root, { durable, say }, work) {
  const { startLocalStack } = await import(pathToFileURL(join(root, 'libs/local-stack/dist/index.js')).href);
  // Short, and open to the user that PostgreSQL runs as.
  const home = mkdtempSync(join(tmpdir(), 'cairn-test-'));
  say('starting PostgreSQL and Temporal');
  const searchAttributes = { CairnTenant: 'Keyword', CairnRunId: 'Keyword', CairnTags: 'KeywordList' };
  const stack = await startLocalStack({ home, durable, searchAttributes, log: say });
  try {
    const env = {
      CAIRN_TEST_DATABASE_URL: stack.databaseUrl,
      CAIRN_TEST_TEMPORAL_ADDRESS: stack.temporalAddress,
    };
    return await work({ home, env });
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
