import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/**
 * Runs a command with its output in a file. A signal to this process ends the command, all it started, and then
 * this process.
 * @param {object} job
 * @param {string} job.what what the command is to the user, as in "The build failed"
 * @param {{milliseconds: number, line: string}} [job.tellAfter] said once, if it takes that long
 * @param {{milliseconds: number, line: (seconds: number) => string}} [job.tellEvery] said again and again
 * @throws {Error} when it fails, with the end of its output in the message
 */
export async function runLogged({ what, command, args, cwd, logFile, tellAfter, tellEvery }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  // A group of its own: a Ctrl-C reaches it through `end` below alone, and so do other signals.
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const exited = new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', reject);
  });
  let ended;
  const end = signal => {
    ended ??= signal;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended by itself meanwhile.
    }
  };
  const begun = Date.now();
  const once = tellAfter && setTimeout(() => console.log(tellAfter.line), tellAfter.milliseconds);
  const again =
    tellEvery &&
    setInterval(
      () => console.log(tellEvery.line(Math.round((Date.now() - begun) / 1000))),
      tellEvery.milliseconds,
    );
  for (const signal of Object.keys(SIGNALS)) process.on(signal, end);
  let outcome;
  try {
    outcome = await exited;
  } catch (error) {
    throw new Error(`${what} could not be started (${command}): ${error.message}`, { cause: error });
  } finally {
    clearTimeout(once);
    clearInterval(again);
    for (const signal of Object.keys(SIGNALS)) process.off(signal, end);
  }
  if (ended) process.exit(128 + SIGNALS[ended]);
  if (outcome !== 0) {
    throw new Error(`${tailOf(logFile)}\n${what} failed (${outcome}); all of its output is in ${logFile}`);
  }
}

function tailOf(file) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '');
  return lines.slice(-25).join('\n');
}
