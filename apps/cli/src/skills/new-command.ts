import { readConfiguration } from '@cairn/configuration';
import { findSkill, newSkill, newWorkflow, type Scaffolded } from '@cairn/scaffold';
import { namedPath, projectFolder } from '../places.js';
import { namedSkill } from './named-skill.js';
import { refusing } from './refusing.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Makes the folder of a skill, in the one that was typed. @throws CliError */
export function makeSkill(id: string, parent: string, env: Environment): Promise<Scaffolded> {
  return refusing(() => newSkill({ id, parent: namedPath(parent, env), installation: projectFolder }));
}

/** Makes the folder of a workflow of skills as they were typed. @throws CliError */
export function makeWorkflow(
  name: string,
  typed: readonly string[],
  parent: string,
  env: Environment,
): Promise<Scaffolded> {
  return refusing(async () => {
    const { catalog } = readConfiguration(env, projectFolder);
    const skills = [];
    for (const named of typed) skills.push(await findSkill(namedSkill(named, env), catalog));
    return newWorkflow({ name, skills, parent: namedPath(parent, env), installation: projectFolder });
  });
}
