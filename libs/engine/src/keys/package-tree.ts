import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStamp, SourceFiles } from './source-files.js';

/** What is read of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly libc?: unknown;
}
interface Package {
  /** Its real path: links are followed, as imports do. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Of the manifest, and of the link that led here. */
  readonly stamps: readonly FileStamp[];
}
/** A package, and the name under which it counts, e.g. `fflate@0.8.3`. */
interface Counted {
  readonly found: Package;
  readonly name: string;
  readonly label: string;
}

/** The packages of others behind some code. */
export interface PackageSet {
  /** Versions by name, several of them with a space between. */
  readonly packages: Readonly<Record<string, string>>;
  /** Who gets which version: `a@1.0.0 > b@2.0.0`, sorted. */
  readonly resolutions: readonly string[];
  /** Of every manifest and link that was read. */
  readonly stamps: readonly FileStamp[];
}

const IN_NODE_MODULES = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/;

/** The folder of the package of others that a file belongs to; undefined for a file of ours. */
export const folderInNodeModules = (file: string): string | undefined => IN_NODE_MODULES.exec(file)?.[1];

/**
 * The installed packages, found as an import finds them. Packages of others lie in a node_modules folder and count
 * by version; what lies elsewhere (links into this repository) is ours and counts by content.
 */
export class PackageTree {
  readonly #packages = new Map<string, Promise<Package | undefined>>();
  readonly #children = new Map<string, Promise<readonly Counted[]>>();

  constructor(private readonly files: SourceFiles) {}

  /**
   * The whole tree behind files of ours: all that their packages name as dependencies (fonts and the like are found
   * by name, not imported) and all that they import, with everything that these depend on in turn. Optional and peer
   * dependencies count where they are installed.
   *
   * @param sources absolute paths of files of ours.
   * @param imported folders of packages of others that these import.
   */
  async behind(sources: readonly string[], imported: Iterable<string>): Promise<PackageSet> {
    const owners = await Promise.all(sources.map(file => this.#ownerOf(file)));
    const ours = new Map(owners.flatMap(owner => (owner ? [[owner.folder, owner]] : [])));
    const versions = new Map<string, Set<string>>();
    const resolutions = new Set<string>();
    const stamps = new Map<string, FileStamp>();
    const visited = new Set<string>();
    const queue: Counted[] = [];
    const count = (from: string, child: Counted) => {
      for (const stamp of child.found.stamps) stamps.set(stamp.path, stamp);
      if (!folderInNodeModules(child.found.folder)) return;
      versions.set(child.name, (versions.get(child.name) ?? new Set()).add(child.found.manifest.version));
      resolutions.add(`${from} > ${child.label}`);
      queue.push(child);
    };
    for (const owner of ours.values()) {
      for (const stamp of owner.stamps) stamps.set(stamp.path, stamp);
      for (const child of await this.#childrenOf(owner)) count(owner.manifest.name, child);
    }
    for (const folder of imported) {
      const found = await this.#packageAt(folder);
      if (found) count('import', counted(found, found.manifest.name));
    }
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      // By both: a package of one folder may count under two names, see platformName.
      const visit = `${next.label} ${next.found.folder}`;
      if (visited.has(visit)) continue;
      visited.add(visit);
      for (const child of await this.#childrenOf(next.found, next.name)) count(next.label, child);
    }
    return {
      // Two of our packages may stand on two versions of one package: both count.
      packages: Object.fromEntries(
        [...versions].sort(byName).map(([name, all]) => [name, [...all].sort().join(' ')]),
      ),
      resolutions: [...resolutions].sort(),
      stamps: [...stamps.values()],
    };
  }

  /** The package of a file of ours: the nearest package.json upward that has a name. */
  async #ownerOf(file: string): Promise<Package | undefined> {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const found = await this.#packageAt(folder);
      if (found ?? folder === dirname(folder)) return found;
    }
  }

  /** What a package depends on, as installed. */
  #childrenOf(parent: Package, name = parent.manifest.name): Promise<readonly Counted[]> {
    const key = `${name} ${parent.folder}`;
    const known = this.#children.get(key) ?? this.#findChildren(parent, name);
    this.#children.set(key, known);
    return known;
  }

  async #findChildren(parent: Package, parentName: string): Promise<readonly Counted[]> {
    const { dependencies, optionalDependencies, peerDependencies } = parent.manifest;
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    const children = await Promise.all(
      names.map(async name => {
        const found = await this.#installed(name, parent.folder);
        if (!found) return [];
        const optional = optionalDependencies !== undefined && Object.hasOwn(optionalDependencies, name);
        const ofPlatform = optional && isForOnePlatform(found.manifest);
        return [counted(found, ofPlatform ? platformName(parentName) : found.manifest.name)];
      }),
    );
    return children.flat();
  }

  /** A package as an import in `folder` would find it. */
  async #installed(name: string, folder: string): Promise<Package | undefined> {
    for (let at = folder; ; at = dirname(at)) {
      const found = await this.#packageAt(join(at, 'node_modules', name));
      if (found ?? at === dirname(at)) return found;
    }
  }

  #packageAt(path: string): Promise<Package | undefined> {
    const known = this.#packages.get(path) ?? this.#readPackage(path);
    this.#packages.set(path, known);
    return known;
  }

  async #readPackage(path: string): Promise<Package | undefined> {
    const found = await this.files.read(join(path, 'package.json'));
    if (!found) return undefined;
    const folder = await realpath(path);
    if (folder !== path) {
      const target = await this.#packageAt(folder);
      const link = await this.files.stamp(path);
      return target && { ...target, stamps: [...target.stamps, ...(link ? [link] : [])] };
    }
    const manifest = JSON.parse(Buffer.from(found.bytes).toString('utf8')) as Partial<Manifest>;
    const { name, version = '' } = manifest;
    return name === undefined
      ? undefined
      : { folder, manifest: { ...manifest, name, version }, stamps: [found.stamp] };
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

const counted = (found: Package, name: string): Counted => ({
  found,
  name,
  label: `${name}@${found.manifest.version}`,
});

const isForOnePlatform = ({ os, cpu, libc }: Manifest) => (os ?? cpu ?? libc) !== undefined;

/**
 * A package of which every machine installs its own sibling (`@esbuild/linux-x64`, `@esbuild/darwin-arm64`) counts
 * by version and under a name that its siblings share. Left out, a new version of it would go unnoticed where its
 * parent names a range; under its own name, no two kinds of machine would ever share a result. Where the siblings
 * differ in version, or one machine needs none, the fingerprints differ: that costs a hit, and is never a wrong one.
 */
const platformName = (parent: string) => (parent.endsWith('#platform') ? parent : `${parent}#platform`);
