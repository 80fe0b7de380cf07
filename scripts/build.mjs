// Compiles every package (`tsc -b`, incremental) and removes what was compiled from a source that is gone: jest
// and the workflow bundler read dist/, where a stale file would still be found. Then bundles the workflows, so that no
// worker needs to when it starts.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const packages = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references;
for (const { path } of packages) removeOrphans(path);
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
run([compiler, '-b']);
bundleWorkflows();

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Not when nothing was compiled or installed since. A worker looks at the code itself, and takes no stale bundle. */
function bundleWorkflows() {
  const done = join(root, 'apps/worker/dist/.bundled');
  const behind = [
    join(root, 'node_modules', '.package-lock.json'),
    ...packages.map(({ path }) => join(root, path, 'dist', '.tsbuildinfo')),
  ];
  const made = existsSync(done) ? statSync(done).mtimeMs : 0;
  if (behind.every(file => existsSync(file) && statSync(file).mtimeMs < made)) return;
  run([join(root, 'apps/worker/dist/bundle/make-bundles.js')]);
  writeFileSync(done, '');
}

function removeOrphans(path) {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, path, 'tsconfig.json'), 'utf8'));
  const source = join(root, path, compilerOptions.rootDir);
  const output = join(root, path, compilerOptions.outDir);
  if (!existsSync(output)) return;
  for (const file of readdirSync(output, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const stem = join(source, file.slice(0, -'.js'.length));
    if (['.ts', '.tsx', '.js'].some(ending => existsSync(stem + ending))) continue;
    for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
      rmSync(join(output, file.slice(0, -'.js'.length) + ending), { force: true });
    console.error(`removed ${relative(root, join(output, file))}, whose source is gone`);
  }
}
