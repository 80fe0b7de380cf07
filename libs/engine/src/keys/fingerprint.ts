import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { digestOf, sha256, type Digest } from '@cairn/canonical';
import { build, transform, type Plugin } from 'esbuild';
import { folderInNodeModules, PackageTree } from './package-tree.js';
import { SourceFiles, type FileStamp } from './source-files.js';

/** What a module's result may depend on: our code by content, other packages by version. */
export interface Fingerprint {
  readonly digest: Digest;
  /** Digests of the minified bundles: the module's own, then those of the threads that it starts. */
  readonly code: readonly Digest[];
  /** Resolved versions of all npm packages behind it, by name; several of one name with a space between. */
  readonly packages: Readonly<Record<string, string>>;
  /** The digest of who gets which of these versions. */
  readonly resolutions: Digest;
  /** The files that it was taken from, each as it was before it was read. No part of the digest. */
  readonly files: readonly FileStamp[];
}

/** What several fingerprints share: most of our libraries and packages stand behind every skill. */
export class FingerprintSources {
  readonly files = new SourceFiles();
  readonly packages = new PackageTree(this.files);
}

/** The form in which a thread's module is named, see SkillTools.thread. */
const THREAD = /new URL\(\s*['"](\.{1,2}\/[^'"]+\.js)['"]\s*,\s*import\.meta\.url\s*\)/g;
const BUILT_IN = /^node:/;

/**
 * The fingerprint of a compiled module: the digest of the minified bundle of it and all of ours that it imports,
 * threads included, and the versions of the npm packages behind these, with all that they depend on. White space,
 * comments, unused exports, the place of the installation and the time have no part in it.
 *
 * @param file absolute path of the compiled module.
 * @param sources files and packages that were read before; each is read once.
 */
export async function fingerprintOf(file: string, sources = new FingerprintSources()): Promise<Fingerprint> {
  const code: Digest[] = [];
  const imported = new Set<string>();
  const inputs = new Set<string>();
  const stamps = new Map<string, FileStamp>();
  const queue = [await realpath(file)];
  const seen = new Set<string>();
  for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    const bundle = await bundleOf(entry, sources.files);
    code.push(sha256(bundle.text));
    for (const folder of bundle.imported) imported.add(folder);
    for (const input of bundle.inputs) {
      inputs.add(input);
      const source = await sources.files.read(input);
      if (!source) continue;
      stamps.set(input, source.stamp);
      const text = Buffer.from(source.bytes).toString('utf8');
      queue.push(...[...text.matchAll(THREAD)].map(match => resolve(dirname(input), match[1]!)));
    }
  }
  const tree = await sources.packages.behind([...inputs], imported);
  for (const stamp of tree.stamps) stamps.set(stamp.path, stamp);
  const { packages } = tree;
  const resolutions = digestOf(tree.resolutions);
  const digest = digestOf({ code, packages, resolutions });
  return { digest, code, packages, resolutions, files: [...stamps.values()] };
}

interface Bundle {
  readonly text: string;
  readonly inputs: readonly string[];
  /** Folders of the packages of others that it imports. */
  readonly imported: ReadonlySet<string>;
}

async function bundleOf(entry: string, files: SourceFiles): Promise<Bundle> {
  const imported = new Set<string>();
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
    plugins: [packagesStayOutside(imported), readsThrough(files)],
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
  return { text: code, inputs, imported };
}

/** Other people's packages count by version, ours (which are links into this repository) by content. */
const packagesStayOutside = (imported: Set<string>): Plugin => ({
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
      const folder = folderInNodeModules(found.path);
      if (folder !== undefined) imported.add(folder);
      return found.errors.length > 0 || folder !== undefined ? { external: true } : found;
    });
  },
});

/** The bundler gets the very bytes whose stamps are kept, and each file is read once for all bundles. */
const readsThrough = (files: SourceFiles): Plugin => ({
  name: 'reads-through',
  setup(setup) {
    setup.onLoad({ filter: /./ }, async args => {
      const file = await files.read(args.path);
      return file && { contents: file.bytes, loader: 'default' };
    });
  },
});
