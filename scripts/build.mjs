// Compiles every package (`tsc -b`, incremental) and removes what was compiled from a source that is gone: jest
// and the workflow bundler read dist/, where a stale file would still be found.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

for (const { path } of JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references)
  removeOrphans(path);
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-b'], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);

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
