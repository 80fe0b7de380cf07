import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = fileURLToPath(new URL('../templates/', import.meta.url));
/** Packaging would drop a file that begins with a dot, or obey it. */
const DOTTED = ['gitignore'];

/** Files by name. */
export type Files = Map<string, string>;

/** Words of a template, and what stands in their place. */
export type Words = readonly (readonly [from: string, to: string])[];

/** The files of template folders; a later folder's win. */
export function readTemplates(...folders: readonly string[]): Files {
  const files: Files = new Map();
  for (const folder of folders)
    for (const name of readdirSync(join(TEMPLATES, folder)).sort())
      files.set(
        DOTTED.includes(name) ? `.${name}` : name,
        readFileSync(join(TEMPLATES, folder, name), 'utf8'),
      );
  return files;
}

/** Templates are ordinary code about a `my_skill` and a `my.workflow`; these names are replaced. */
export function fill(text: string, words: Words): string {
  return words.reduce((filled, [from, to]) => filled.replaceAll(from, to), text);
}

/**
 * Writes each line that names the template's skill once for each of several.
 * @param isAbout whether a line is one of them.
 */
export function repeatLines(
  text: string,
  isAbout: (line: string) => boolean,
  each: readonly Words[],
): string {
  return text
    .split('\n')
    .flatMap(line => (isAbout(line) ? each.map(words => fill(line, words)) : [line]))
    .join('\n');
}
