import { pointerToken, type http } from '@cairn/dto';
import type { AnySkill } from '@cairn/skill-kit';
import type { KeyIngredients } from '../keys/step-key.js';
import { resourcePath } from '../resources/resource-library.js';
import { adapterChanges, codeChanges } from './code-changes.js';
import { differences, type Difference } from './differences.js';
import type { Registrations } from './registrations.js';
import { asGiven, isFile, shown } from './show-value.js';

type StepChange = http.StepChange;

/** How many places differ: how far two results are from each other. */
export function distance(old: KeyIngredients, now: KeyIngredients): number {
  return differences(old, now).length;
}

/**
 * What differs between what went into two results, with fingerprints resolved to what changed in the code.
 * @param skill as it is declared now, which says where resources lie; undefined where it is declared no more
 */
export async function changesBetween(
  old: KeyIngredients,
  now: KeyIngredients,
  skill: AnySkill | undefined,
  registrations: Registrations,
): Promise<StepChange[]> {
  const changes = await Promise.all(
    differences(old, now).map(difference => changesOf(difference, { old, now, skill, registrations })),
  );
  return changes.flat();
}

interface Setting {
  readonly old: KeyIngredients;
  readonly now: KeyIngredients;
  readonly skill: AnySkill | undefined;
  readonly registrations: Registrations;
}

async function changesOf(difference: Difference, setting: Setting): Promise<StepChange[]> {
  const [part, ...rest] = difference.path;
  const path = pointer(difference.path);
  switch (part) {
    case 'input':
      return [inputChange(difference, rest)];
    case 'fingerprint':
      return (await fingerprintChanges(difference, setting)).map(each => ({ ...each, path }));
    case 'ports':
      return (await portChanges(difference, rest[0] ?? '', setting)).map(each => ({ ...each, path }));
    case 'resources':
      return [{ ...resourceChange(difference, rest[0] ?? '', setting), path }];
    case 'version':
      return [
        {
          what: 'version',
          path,
          old: difference.old,
          new: difference.new,
          message: `the version of the skill: ${shown(difference.old)} became ${shown(difference.new)}`,
        },
      ];
    case 'rootRun':
      return [
        {
          what: 'family',
          path,
          old: difference.old,
          new: difference.new,
          message: 'its results are shared by a run and its second tries only, and this is another run',
        },
      ];
    default:
      return [
        {
          what: 'other',
          path,
          old: asGiven(difference.old),
          new: asGiven(difference.new),
          message: `${part} differs: ${shown(difference.old)} became ${shown(difference.new)}`,
        },
      ];
  }
}

const pointer = (path: readonly string[]) => path.map(token => `/${pointerToken(token)}`).join('');

function inputChange({ path, old, new: now }: Difference, within: readonly string[]): StepChange {
  const field = within.join('.') || 'the input';
  const bytes = isFile(old) && isFile(now) && old.digest !== now.digest;
  const given = {
    ...(old !== undefined && { old: asGiven(old) }),
    ...(now !== undefined && { new: asGiven(now) }),
  };
  const message =
    old === undefined
      ? `${field} was absent, now it is ${shown(now)}`
      : now === undefined
        ? `${field} was ${shown(old)}, now it is absent`
        : `${field} ${bytes ? 'is another file' : 'differs'}: ${shown(old)} became ${shown(now)}`;
  return { what: bytes ? 'file' : 'input', path: pointer(path), ...given, message };
}

type Change = Omit<StepChange, 'path'>;

const FORGOTTEN =
  'what in it is not known any more, as workers that nobody has seen for 30 days are forgotten';

async function fingerprintChanges(
  difference: Difference,
  { now, registrations }: Setting,
): Promise<Change[]> {
  const { old: before, new: after } = difference as { old?: string; new?: string };
  if (before === undefined || after === undefined)
    return [
      {
        what: 'code',
        message: `the skill's code ${after === undefined ? 'no longer counts' : 'counts now'}, beside its version`,
      },
    ];
  const [old, current] = await Promise.all([
    registrations.code(now.skill, before),
    registrations.code(now.skill, after),
  ]);
  const changes = old && current ? codeChanges('the skill', old, current) : [];
  return changes.length > 0 ? changes : [{ what: 'code', message: `the skill's code changed; ${FORGOTTEN}` }];
}

async function portChanges(
  difference: Difference,
  port: string,
  { now, registrations }: Setting,
): Promise<Change[]> {
  const { old: before, new: after } = difference as { old?: string; new?: string };
  if (before === undefined || after === undefined)
    return [
      {
        what: 'adapter',
        name: port,
        message: `the skill ${after === undefined ? 'uses the port no longer' : 'uses one more port'}: ${port}`,
      },
    ];
  const [old, current] = await Promise.all([
    registrations.port(now.skill, port, before),
    registrations.port(now.skill, port, after),
  ]);
  const changes = old && current ? adapterChanges(port, old, current) : [];
  return changes.length > 0
    ? changes
    : [{ what: 'adapter', name: port, message: `the adapter behind the port ${port} changed; ${FORGOTTEN}` }];
}

function resourceChange({ old, new: after }: Difference, name: string, setting: Setting): Change {
  const declared = setting.skill?.spec.resources?.[name]?.path;
  const at = (input: unknown) => {
    try {
      return declared === undefined ? undefined : resourcePath(declared, input);
    } catch {
      return undefined;
    }
  };
  const [before, now] = [at(setting.old.input), at(setting.now.input)];
  const said = (path: string | undefined) => (path === undefined ? name : `${name} (${path})`);
  if (old === undefined) return { what: 'resource', name, message: `${said(now)} is read now` };
  if (after === undefined) return { what: 'resource', name, message: `${said(before)} is no longer read` };
  return {
    what: 'resource',
    name: now ?? name,
    message: before === now ? `${said(now)} changed` : `${name}: ${before ?? '?'} became ${now ?? '?'}`,
  };
}
