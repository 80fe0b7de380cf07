import { readFileSync } from 'node:fs';
import { readCommandLine } from './command-line.js';
import { CliError, EXIT, reasonOf } from './errors.js';
import { Interrupted, onInterruption } from './interruption.js';
import { createScreen, type Screen } from './show/screen.js';
import type { Cleanups } from './up/session.js';
import { up } from './up/up.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function main(args: readonly string[], screen: Screen): Promise<number> {
  const cleanups: Cleanups = [];
  const controller = onInterruption(reason => {
    screen.end(true);
    for (const cleanup of cleanups) cleanup.atOnce?.();
    // The servers of the stack end by themselves: their keepers see that this process is gone.
    process.exit(reason.exitCode);
  });
  try {
    const options = readCommandLine(args, version);
    if (!options) return EXIT.completed;
    screen.line(`${screen.colours.bold('Cairn')} ${screen.colours.dim(version)}`);
    return await up(options, { env: process.env, screen, controller, cleanups });
  } catch (error) {
    screen.end(true);
    return explain(controller.signal.aborted ? controller.signal.reason : error, screen);
  } finally {
    controller.abort();
    await undo(cleanups, screen);
  }
}

async function undo(cleanups: Cleanups, screen: Screen): Promise<void> {
  for (const cleanup of cleanups.reverse()) {
    await cleanup.undo().catch((error: unknown) => screen.line(`  While ending: ${reasonOf(error)}`));
  }
}

function explain(error: unknown, screen: Screen): number {
  if (error instanceof Interrupted) {
    screen.line(
      `\n  Ending (${error.signalName}); steps under way get ten seconds, Ctrl-C again ends at once`,
    );
    return error.exitCode;
  }
  process.stderr.write(`${screen.colours.red('✖')} ${reasonOf(error)}\n`);
  if (error instanceof CliError) {
    for (const line of error.details) process.stderr.write(`    ${line}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  return EXIT.failed;
}

const screen = createScreen(process.stdout, process.env);
process.stderr.on('error', () => undefined);
const exitCode = await main(process.argv.slice(2), screen);
// What is still in the pipe is written before the process ends.
process.stdout.write('', () => process.exit(exitCode));
