import { namedPath } from '../places.js';
import type { Shell } from '../shell.js';
import { bytes } from '../show/format.js';
import { createScreen } from '../show/screen.js';
import { findImplementation } from './find-implementation.js';
import { namedSkill } from './named-skill.js';
import { readSkillInput } from './read-skill-input.js';
import { refusing } from './refusing.js';
import { runForReal } from './run-for-real.js';
import { SkillReporter } from './skill-reporter.js';
import { writeOutputs } from './write-outputs.js';

/** What `cairn skills run` was given, as it was typed. */
export interface RunSkillOptions {
  readonly input: string;
  readonly out?: string;
  readonly catalog?: string;
  readonly json?: true;
}

/** Runs a skill; its output goes to standard output, all else to standard error. @throws CliError */
export async function runSkillCommand(named: string, options: RunSkillOptions, shell: Shell): Promise<void> {
  const { env, controller } = shell;
  const reporter = new SkillReporter(createScreen(process.stderr, env));
  await refusing(async () => {
    const implementation = await findImplementation(namedSkill(named, env), options.catalog, env);
    const { skill } = implementation;
    const input = await readSkillInput(options.input, skill.spec.input, env);
    const run = await runForReal(implementation, input, controller.signal, reporter).finally(() =>
      reporter.end(),
    );
    const folder = options.out === undefined ? undefined : namedPath(options.out, env);
    const files = await writeOutputs(skill, run, folder);
    if (options.json)
      return shell.json({ skill: skill.id, version: skill.version, output: run.output, files });
    shell.json(run.output);
    for (const { name, path, size } of files)
      reporter.line(`${name}  ${bytes(size)}${path === undefined ? '' : `  ${path}`}`);
    if (files.length > 0 && folder === undefined) reporter.line('--out FOLDER keeps what it made');
  });
}
