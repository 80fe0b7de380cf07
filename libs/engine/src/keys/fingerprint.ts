import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { digestOf, sha256, type Digest } from '@cairn/canonical';
import { build, transform, type Plugin } from 'esbuild';
import { installedVersion, packageOf } from './package-versions.js';

/** What a module's result may depend on: our code by content, other packages by version. */
export interface Fingerprint {
  readonly digest: Digest;
  /** Digests of the minified bundles: the module's own, then those of the threads that it starts. */
  readonly code: readonly Digest[];
  /** Resolved versions of the npm packages behind it. */
  readonly packages: Readonly<Record<string, string>>;
}

/** The form in which a thread's module is named, see SkillTools.thread. */
const THREAD = /new URL\(\s*['"](\.{1,2}\/[^'"]+\.js)['"]\s*,\s*import\.meta\.url\s*\)/g;
const IN_NODE_MODULES = /[\\/]node_modules[\\/]/;
const BUILT_IN = /^node:/;

/**
 * The fingerprint of a compiled module: the digest of the minified bundle of it and all of ours that it imports,
 * threads included, and the versions of the npm packages that these name as dependencies. White space, comments,
 * unused exports, the place of the installation and the time have no part in it.
 *
 * @param file absolute path of the compiled module.
 */
export async function fingerprintOf(file: string): Promise<Fingerprint> {
  const code: Digest[] = [];
  const versions = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const queue = [file];
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    const { bundle, inputs } = await bundleOf(entry);
    code.push(sha256(bundle));
    for (const input of inputs) {
      for (const [name, version] of Object.entries(dependenciesOf(input)))
        versions.set(name, (versions.get(name) ?? new Set<string>()).add(version));
      const source = await readFile(input, 'utf8');
      queue.push(...[...source.matchAll(THREAD)].map(match => resolve(dirname(input), match[1]!)));
    }
  }
  // Two of our packages may stand on two versions of one package: both count.
  const packages = Object.fromEntries([...versions].map(([name, all]) => [name, [...all].sort().join(' ')]));
  return { digest: digestOf({ code, packages }), code, packages };
}

async function bundleOf(entry: string): Promise<{ bundle: string; inputs: readonly string[] }> {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [packagesStayOutside],
  });
  // Sorted: the bundler lists them as they happened to be read.
  const inputs = Object.keys(result.metafile.inputs)
    .sort()
    .map(path => resolve(dirname(entry), path));
  // Minified only now: in one pass, the names that minifying gives depend on code that is then left out.
  const { code } = await transform(result.outputFiles[0]!.text, {
    minify: true,
    format: 'esm',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return { bundle: code, inputs };
}

/** Other people's packages count by version, ours (which are links into this repository) by content. */
const packagesStayOutside: Plugin = {
  name: 'packages-stay-outside',
  setup(setup) {
    setup.onResolve({ filter: /^[^./]/ }, async args => {
      if (BUILT_IN.test(args.path) || args.pluginData === 'resolving')
        return BUILT_IN.test(args.path) ? { external: true } : undefined;
      const found = await setup.resolve(args.path, {
        kind: args.kind,
        importer: args.importer,
        resolveDir: args.resolveDir,
        pluginData: 'resolving',
      });
      return found.errors.length > 0 || IN_NODE_MODULES.test(found.path) ? { external: true } : found;
    });
  },
};

/** Every package that a file's own package depends on: fonts and the like are found by name, not imported. */
function dependenciesOf(file: string): Record<string, string> {
  const owner = packageOf(file);
  if (!owner) return {};
  const versions = Object.keys(owner.dependencies).map(
    name => [name, installedVersion(name, owner.folder)] as const,
  );
  const ours = new Set(Object.keys(owner.dependencies).filter(name => name.startsWith('@cairn/')));
  return Object.fromEntries(
    versions.filter((pair): pair is [string, string] => pair[1] !== undefined && !ours.has(pair[0])),
  );
}
