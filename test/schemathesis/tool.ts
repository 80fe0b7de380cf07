import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '4.32.5';

/**
 * The program, of a fixed version, in an environment of its own in the cache folder; made with Python's `venv` the
 * first time. @throws when there is no Python 3, or the package cannot be fetched
 */
export async function schemathesis(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cairn');
  const folder = join(cache, `schemathesis-${VERSION}`);
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(join(folder, 'complete'))) return program;
  await mkdir(cache, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await must('python3', ['-m', 'venv', folder]);
  await must(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  await mkdir(join(folder, 'complete'));
  return program;
}

/** Runs a program with this one's output, in a folder for what it leaves behind. @returns its exit code */
export async function run(program: string, args: readonly string[]): Promise<number> {
  const cwd = await mkdtemp(join(tmpdir(), 'cairn-schemathesis-'));
  const ended = new Promise<number>((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 1));
  });
  return ended.finally(() => rm(cwd, { recursive: true, force: true }));
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const code = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}
