import { ScaffoldError } from './scaffold-error.js';

/** A name in the forms in which files use it: of `my_skill` or `my.skill`. */
export interface Names {
  readonly name: string;
  /** `mySkill`, of what the module exports. */
  readonly variable: string;
  /** `my-skill`, of the package. */
  readonly kebab: string;
  /** `My skill`, for people. */
  readonly title: string;
}

const SKILL_ID = /^[a-z][a-z0-9_]{0,63}$/;
const WORKFLOW_NAME = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/;
/** Words of the language, and what the files themselves import or declare. */
const TAKEN = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield async of ' +
    'assert example examples file json run test trigger type w t words text page input write progress signal ' +
    'undefined output files steps'
  ).split(' '),
);

/** @throws ScaffoldError when it is no id of a skill. */
export function skillNames(id: string): Names {
  if (!SKILL_ID.test(id))
    throw new ScaffoldError(
      `A skill's id is small letters, digits and _, a letter first, at most 64, like my_skill; not ${JSON.stringify(id)}`,
    );
  return namesOf(id, 'Skill');
}

/**
 * @param used names that the module already uses for something else.
 * @throws ScaffoldError when it is no name of a workflow.
 */
export function workflowNames(name: string, used: readonly string[] = []): Names {
  if (!WORKFLOW_NAME.test(name) || name.length > 100)
    throw new ScaffoldError(
      `A workflow's name is words of small letters, digits, _ and - with dots between, like my.workflow; not ${JSON.stringify(name)}`,
    );
  if (name.startsWith('cairn.'))
    throw new ScaffoldError(
      `Names that begin with cairn. are the engine's own, like ${name}: choose another one`,
    );
  return namesOf(name, 'Workflow', used);
}

function namesOf(name: string, suffix: string, used: readonly string[] = []): Names {
  const words = name.split(/[^a-z0-9]+/).filter(word => word !== '');
  const [first = '', ...rest] = words;
  const camel = first + rest.map(capitalised).join('');
  const isTaken = TAKEN.has(camel) || used.includes(camel);
  return {
    name,
    variable: isTaken ? camel + suffix : camel,
    kebab: words.join('-'),
    title: [capitalised(first), ...rest].join(' '),
  };
}

const capitalised = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
