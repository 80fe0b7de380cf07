import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The package that a file belongs to: the nearest package.json upward that has a name. */
export function packageOf(file: string): PackageManifest | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = readManifest(folder);
    if (manifest) return manifest;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The installed version of a package, as an import in `folder` would find it. */
export function installedVersion(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = readManifest(join(at, 'node_modules', name));
    if (manifest) return manifest.version;
    if (at === dirname(at)) return undefined;
  }
}

function readManifest(folder: string): PackageManifest | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const { name, version, dependencies } = JSON.parse(readFileSync(path, 'utf8')) as Partial<PackageManifest>;
  if (name === undefined) return undefined;
  return { name, version: version ?? '', folder, dependencies: dependencies ?? {} };
}
