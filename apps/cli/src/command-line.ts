import { Command, CommanderError } from 'commander';
import { CliError, EXIT } from './errors.js';

/** What `cairn up` was asked to do. */
export interface UpOptions {
  /** End after the run instead of serving. */
  readonly once: boolean;
  /** A JSON file with the run's trigger; the shipped example if absent. */
  readonly trigger?: string;
  readonly workflow: string;
  /** The folder campaigns are unpacked into. */
  readonly out?: string;
}

/**
 * Reads the arguments.
 * @returns undefined when all that was asked for was help or the version, which has been printed
 * @throws CliError with exit code 2 for arguments that are not known
 */
export function readCommandLine(args: readonly string[], version: string): UpOptions | undefined {
  let chosen: UpOptions | undefined;
  const program = new Command('cairn')
    .description('Durable pipelines on Temporal that never repeat work.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  program
    .command('up')
    .description('start everything on this machine, build a campaign and serve it until Ctrl-C')
    .option('--once', 'end after the run; exit code 0 only if it completed', false)
    .option('--trigger <file>', 'build what this JSON file describes instead of the shipped example')
    .option('--workflow <name>', 'the workflow to run', 'campaign.build')
    .option('--out <folder>', 'where campaigns are unpacked (default: out)')
    .allowExcessArguments(false)
    .action((options: UpOptions) => {
      chosen = options;
    });
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const message = error.message.replace(/^error: /, '');
    throw new CliError(args.length === 0 ? 'Say what to do, e.g. cairn up' : message, EXIT.usage, [
      'Known: npm start -- [--once] [--trigger FILE] [--workflow NAME] [--out FOLDER]',
    ]);
  }
  return chosen;
}
