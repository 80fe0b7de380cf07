import { readFileSync } from 'node:fs';
import { explained } from './api/explain-error.js';
import { runCommandLine } from './command-line.js';
import { CliError, EXIT, reasonOf } from './errors.js';
import { Interrupted, onInterruption } from './interruption.js';
import type { Shell } from './shell.js';
import { createScreen } from './show/screen.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function main(args: readonly string[]): Promise<number> {
  const asksForJson = args.includes('--json');
  let exitCode: number = EXIT.completed;
  const shell: Shell = {
    version,
    env: process.env,
    // Standard output is kept for the JSON.
    screen: createScreen(asksForJson ? process.stderr : process.stdout, process.env),
    cleanups: [],
    controller: onInterruption(reason => {
      shell.screen.end(true);
      for (const cleanup of shell.cleanups) cleanup.atOnce?.();
      // The servers of the stack end by themselves: their keepers see that this process is gone.
      process.exit(reason.exitCode);
    }),
    perform: async work => {
      exitCode = await work();
    },
    json: (value, form = 'document') => {
      process.stdout.write(`${JSON.stringify(value, null, form === 'document' ? 2 : 0)}\n`);
    },
  };
  try {
    await runCommandLine(args, shell);
    return exitCode;
  } catch (error) {
    shell.screen.end(true);
    const { aborted, reason } = shell.controller.signal;
    return tell(aborted ? reason : explained(error), shell, asksForJson);
  } finally {
    shell.controller.abort();
    await undo(shell);
  }
}

async function undo({ cleanups, screen }: Shell): Promise<void> {
  for (const cleanup of cleanups.reverse()) {
    await cleanup.undo().catch((error: unknown) => screen.line(`  While ending: ${reasonOf(error)}`));
  }
}

/** Says why the command ends. @returns the exit code */
function tell(error: unknown, { screen, farewell, json }: Shell, asksForJson: boolean): number {
  if (error instanceof Interrupted) {
    if (farewell) screen.line(`\n  ${farewell(error)}`);
    return error.exitCode;
  }
  const { details, exitCode, code } =
    error instanceof CliError ? error : { details: stackOf(error), exitCode: EXIT.failed, code: 'FAILED' };
  process.stderr.write(`${screen.colours.red('✖')} ${reasonOf(error)}\n`);
  for (const line of details) process.stderr.write(`    ${line}\n`);
  if (asksForJson) json({ error: { code, message: reasonOf(error), details, exitCode } });
  return exitCode;
}

const stackOf = (error: unknown) => (error instanceof Error && error.stack ? error.stack.split('\n') : []);

process.stderr.on('error', () => undefined);
process.stdout.on('error', () => undefined);
const exitCode = await main(process.argv.slice(2));
// What is still in the pipe is written before the process ends.
process.stdout.write('', () => process.exit(exitCode));
