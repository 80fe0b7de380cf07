import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { relativePath, type Place } from './place.js';

/** Has the build know a folder of the installation, and its catalog the package in it. */
export async function joinWorkspace({ folder, installation }: Place, packageName: string): Promise<void> {
  await edit(join(installation, 'tsconfig.json'), (config: { references: { path: string }[] }) =>
    config.references.push({ path: relativePath(installation, folder).replace(/^\.\//, '') }),
  );
  await edit(join(installation, 'libs/catalog/catalog.json'), (catalog: { packages: string[] }) =>
    catalog.packages.push(packageName),
  );
}

async function edit<T>(file: string, change: (content: T) => void): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8')) as T;
  change(content);
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
