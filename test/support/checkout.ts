import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { REPOSITORY } from './campaign.js';

const FOLDERS = ['apps', 'dao', 'dto', 'libs', 'skills', 'workflows'];

/** A copy of this checkout, built as it is, whose files a test may edit. Packages of others are shared by links. */
export interface Checkout {
  readonly folder: string;
  /** Appends to a file. */
  append(file: string, text: string): void;
  /** Replaces text that must be there. */
  replace(file: string, from: string, to: string): void;
  remove(): Promise<void>;
}

export async function copyCheckout(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-checkout-'));
  for (const name of FOLDERS)
    cpSync(join(REPOSITORY, name), join(folder, name), {
      recursive: true,
      filter: path => !path.endsWith('/node_modules'),
    });
  linkPackages(folder, 'node_modules');
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('package.json') && !path.includes('node_modules')) {
      const nested = join(path, '..', 'node_modules');
      if (existsSync(join(REPOSITORY, nested))) symlinkSync(join(REPOSITORY, nested), join(folder, nested));
    }
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  return {
    folder,
    append: (file, text) => appendFileSync(join(folder, file), text),
    replace: (file, from, to) =>
      edit(file, text => {
        if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
        return text.replace(from, () => to);
      }),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Links to the packages of others; links to ours lead to the copies. */
function linkPackages(folder: string, at: string): void {
  const ours = join(REPOSITORY, at, '@cairn');
  mkdirSync(join(folder, at, '@cairn'), { recursive: true });
  for (const name of readdirSync(join(REPOSITORY, at)))
    if (name !== '@cairn') symlinkSync(join(REPOSITORY, at, name), join(folder, at, name));
  for (const name of readdirSync(ours)) {
    const copy = join(folder, relative(REPOSITORY, realpathSync(join(ours, name))));
    if (existsSync(copy)) symlinkSync(copy, join(folder, at, '@cairn', name));
  }
}
