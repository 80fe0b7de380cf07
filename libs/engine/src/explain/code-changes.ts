import type { http } from '@cairn/dto';
import type { RegisteredCode, RegisteredPort } from '../skills/skill-registration.js';

/** A change but for where it is. */
type Change = Omit<http.StepChange, 'path'>;

/**
 * What differs between two builds of the same code: its own, that of its threads, npm packages.
 * @param of whose code it is, e.g. `the skill`
 */
export function codeChanges(of: string, old: RegisteredCode, now: RegisteredCode): Change[] {
  const changes: Change[] = [];
  const [oldOwn, ...oldThreads] = old.code;
  const [newOwn, ...newThreads] = now.code;
  if (oldOwn !== newOwn) changes.push({ what: 'code', message: `${of}'s own code changed` });
  if (oldThreads.join() !== newThreads.join())
    changes.push({ what: 'thread', message: threadMessage(of, oldThreads, newThreads) });
  changes.push(...packageChanges(old.packages, now.packages));
  if (changes.length === 0 && old.resolutions !== now.resolutions)
    changes.push({
      what: 'dependency',
      message: `npm packages behind ${of} get other versions of each other than before`,
    });
  return changes;
}

function threadMessage(of: string, old: readonly string[], now: readonly string[]): string {
  if (old.length < now.length) return `${of} got another thread`;
  if (old.length > now.length) return `${of} lost a thread`;
  return `the code of a thread of ${of} changed`;
}

function packageChanges(
  old: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Change[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.flatMap((name): Change[] => {
    const [before, after] = [old[name], now[name]];
    if (before === after) return [];
    const message =
      before === undefined
        ? `the npm package ${name} ${after} came in`
        : after === undefined
          ? `the npm package ${name} ${before} is no longer used`
          : `the npm package ${name} ${before} became ${after}`;
    return [{ what: 'dependency', name, old: before, new: after, message }];
  });
}

/** What differs between two adapters of one port. */
export function adapterChanges(port: string, old: RegisteredPort, now: RegisteredPort): Change[] {
  const changes: Change[] = [];
  const differs = (what: string, before: unknown, after: unknown) => {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const said = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value));
    changes.push({
      what: 'adapter',
      name: port,
      old: before,
      new: after,
      message: `the ${what} behind the port ${port}: ${said(before)} became ${said(after)}`,
    });
  };
  differs('adapter', old.adapter, now.adapter);
  differs('model', old.model, now.model);
  const parameters = [
    ...new Set([...Object.keys(old.parameters ?? {}), ...Object.keys(now.parameters ?? {})]),
  ];
  for (const name of parameters.sort())
    differs(`parameter ${name}`, old.parameters?.[name], now.parameters?.[name]);
  // Of another adapter everything differs.
  if (old.adapter !== now.adapter) return changes;
  return [
    ...changes,
    ...codeChanges(`the adapter ${now.adapter}`, old, now).map(each => ({
      ...each,
      name: each.name ?? port,
    })),
  ];
}
