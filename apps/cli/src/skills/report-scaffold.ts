import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import type { Scaffolded } from '@cairn/scaffold';
import type { JsonOptions } from '../commands/options.js';
import { projectFolder } from '../places.js';
import type { Shell } from '../shell.js';
import { counted } from '../show/format.js';

export interface NewOptions extends JsonOptions {
  readonly in: string;
}

/** Says what was made, and what to type next; `then` is for a folder outside the installation. */
export function sayWhatWasMade(
  made: Scaffolded,
  then: readonly string[],
  options: JsonOptions,
  { screen, json }: Shell,
): void {
  if (options.json) return json(made);
  const { layout, packageName, files } = made;
  const folder = fromHome(made.folder);
  screen.line(`  ${screen.colours.bold(folder)}: ${packageName}, ${counted(files.length, 'file')}`);
  const next =
    layout === 'standalone'
      ? [`cd ${folder}`, 'npm install', 'npm test', ...then]
      : [
          `cd ${fromHome(resolve(projectFolder))}`,
          'npm install',
          `npm test -- ${relative(projectFolder, made.folder)}`,
        ];
  screen.line('\n  What to type next:');
  for (const line of next) screen.line(`    ${line}`);
}

/** As one would type it. */
const fromHome = (folder: string) =>
  folder.startsWith(homedir() + sep) ? `~${folder.slice(homedir().length)}` : folder;
