import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileDependency, type Place } from './place.js';
import { ScaffoldError } from './scaffold-error.js';

interface PackageJson {
  dependencies: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** What a template's `file:` dependencies are relative to. */
const HERE = 'file:cairn/';

/**
 * A template's package.json for its place: paths to the installation, or in it the versions that are installed.
 * @param added dependencies beyond the template's: their folders by name.
 * @throws ScaffoldError when the installation lacks what it is to depend on.
 */
export function packageJson(
  text: string,
  place: Place,
  added: Readonly<Record<string, string>> = {},
): string {
  const { folder, layout, installation } = place;
  const manifest = JSON.parse(text) as PackageJson;
  const resolved = (dependencies: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, value]) => {
        const path = value.startsWith(HERE) ? value.slice(HERE.length) : join('node_modules', name);
        const found = join(installation, path);
        if (!existsSync(join(found, 'package.json')))
          throw new ScaffoldError(`${found} is not there: run "npm ci" in ${installation}`);
        return [name, layout === 'workspace' ? versionIn(found) : fileDependency(folder, found)];
      }),
    );
  const others = Object.fromEntries(
    Object.entries(added).map(([name, found]) => [
      name,
      layout === 'workspace' ? versionIn(found) : fileDependency(folder, found),
    ]),
  );
  manifest.dependencies = { ...others, ...resolved(manifest.dependencies) };
  if (manifest.devDependencies) manifest.devDependencies = resolved(manifest.devDependencies);
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
