import { Command, CommanderError } from 'commander';
import { addExplain } from './commands/explain.js';
import { addGates } from './commands/gates.js';
import { addGc } from './commands/gc.js';
import { addArtifacts } from './commands/artifacts.js';
import { addCodecServer } from './commands/codec-server.js';
import { addDoctor } from './commands/doctor.js';
import { addKeys } from './commands/keys.js';
import { addTenants } from './commands/tenants.js';
import { addPlan } from './commands/plan.js';
import { addRun } from './commands/run.js';
import { addRuns } from './commands/runs.js';
import { addSchedules } from './commands/schedules.js';
import { addSkills } from './commands/skills.js';
import { addWebhooks } from './commands/webhooks.js';
import { addWorkflows } from './commands/workflows.js';
import { addUp } from './commands/up.js';
import { CliError, EXIT } from './errors.js';
import type { Shell } from './shell.js';

const EXIT_CODES = `
Exit codes:
  0  done; the run completed          3  there is no such thing
  1  the run failed, a check failed   4  the API cannot be reached, or not now
  2  wrong arguments, refused input   128 + n  ended by signal n
`;

/** The whole command, in the order in which its help lists it. */
function createProgram(shell: Shell): Command {
  const { bold, cyan, dim } = shell.screen.colours;
  const program = new Command('cairn')
    .description('Durable pipelines on Temporal that never repeat work.')
    .version(shell.version)
    // Behind a command `--version` is that of a workflow.
    .enablePositionalOptions()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ styleTitle: bold, styleSubcommandTerm: cyan, styleOptionTerm: cyan, styleUsage: dim })
    .addHelpText('after', EXIT_CODES);
  addUp(program, shell);
  addRun(program, shell);
  addPlan(program, shell);
  addExplain(program, shell);
  addRuns(program, shell);
  addArtifacts(program, shell);
  addGates(program, shell);
  addSchedules(program, shell);
  addWebhooks(program, shell);
  addWorkflows(program, shell);
  addSkills(program, shell);
  addKeys(program, shell);
  addTenants(program, shell);
  addCodecServer(program, shell);
  addGc(program, shell);
  addDoctor(program, shell);
  refuseAsErrors(program);
  return program;
}

/**
 * Reads the arguments and does what they say.
 * @throws CliError with exit code 2 for arguments that are not known; what the command itself throws
 */
export async function runCommandLine(args: readonly string[], shell: Shell): Promise<void> {
  await createProgram(shell)
    .parseAsync([...args], { from: 'user' })
    .catch((error: unknown) => {
      // Help or the version was asked for, and has been printed.
      if (error instanceof CommanderError && error.exitCode === 0) return;
      throw error;
    });
}

function refuseAsErrors(command: Command): void {
  command.allowExcessArguments(false);
  command.exitOverride(error => {
    throw error.exitCode === 0 ? error : usageError(error, command);
  });
  command.commands.forEach(refuseAsErrors);
}

function usageError(error: CommanderError, command: Command): CliError {
  const path = pathOf(command);
  const names = command.commands.map(one => one.name());
  const message =
    error.code === 'commander.help'
      ? `Say what to do: ${path} ${names.join('|')}`
      : error.message.replace(/^error: /, '').replace(/\s+/g, ' ');
  return new CliError(message, EXIT.usage, [`${path} --help tells more`]);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
