// scripts/start.mjs in a small clone of its own: no packages to fetch, and a build and a command that say they ran.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchFolder, untilGone } from './testing/scratch.js';

const SCRIPTS = fileURLToPath(new URL('../../../scripts', import.meta.url));
const TIMEOUT_MS = 60_000;

let scratch: ReturnType<typeof scratchFolder>;
let clone: string;

let children: ChildProcess[];

beforeEach(() => {
  scratch = scratchFolder();
  children = [];
  clone = join(scratch.folder, 'clone');
  cpSync(join(SCRIPTS, 'start.mjs'), join(clone, 'scripts', 'start.mjs'));
  cpSync(join(SCRIPTS, 'lib'), join(clone, 'scripts', 'lib'), { recursive: true });
  const root = { name: 'clone', version: '1.0.0', private: true, workspaces: ['part'] };
  write('package.json', JSON.stringify({ ...root, scripts: { start: startCommand() } }));
  // As in the real one, a workspace brings the command.
  const bin = { cairn: 'cairn.mjs' };
  write('part/package.json', JSON.stringify({ name: 'part', version: '1.0.0', bin }));
  write('part/cairn.mjs', '#!/usr/bin/env node\n');
  const packages = {
    '': root,
    'node_modules/part': { resolved: 'part', link: true },
    part: { version: '1.0.0', bin },
  };
  write('package-lock.json', JSON.stringify({ ...root, lockfileVersion: 3, requires: true, packages }));
  write('scripts/build.mjs', "import { appendFileSync } from 'node:fs'; appendFileSync('built', 'x');");
  write('apps/cli/dist/main.js', 'console.log(process.argv.slice(2).join(" ")); process.exitCode = 3;');
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  scratch.remove();
});

/** The real one: how it hands signals on depends on how it is written. */
function startCommand(): string {
  const file = join(SCRIPTS, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } }).scripts.start;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true });
  writeFileSync(join(clone, file), text);
}

function launch(command: string, args: string[]) {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, {
    cwd: scratch.folder,
    env: { PATH, HOME, npm_config_cache: scratch.folder },
  });
  children.push(child);
  let output = '';
  const said = (text: string) =>
    new Promise<void>(resolve => {
      const look = () => output.includes(text) && resolve();
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      look();
    });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: (code ?? signal) as unknown,
    output,
  }));
  return { child, said, ended };
}

const start = (...args: string[]) => launch(process.execPath, [join(clone, 'scripts', 'start.mjs'), ...args]);

describe('npm start', () => {
  test(
    'installs and builds a fresh clone, once, and runs the command with its arguments and exit code',
    async () => {
      const first = await launch('npm', ['--silent', '--prefix', clone, 'start', '--', '--once', 'a b'])
        .ended;
      expect(first.output).toMatch(/^Installing packages \(none yet; .*\)…\nup --once a b\n$/);
      expect(first.code).toBe(3);
      expect(await start('--once').ended).toEqual({ code: 3, output: 'up --once\n' });
      expect(readFileSync(join(clone, 'built'), 'utf8')).toBe('xx');
    },
    TIMEOUT_MS,
  );

  test(
    'waits for another start that installs or builds',
    async () => {
      write(
        'scripts/build.mjs',
        `import { appendFileSync, existsSync, watch } from 'node:fs';
         appendFileSync('built', 'x');
         const end = () => existsSync('go-on') && process.exit(0);
         watch('.', end); end();`,
      );
      const first = start();
      await first.said('Building');
      const second = start();
      await second.said('Waiting for process');
      expect(readFileSync(join(clone, 'built'), 'utf8')).toBe('x');
      write('go-on', '');
      expect((await first.ended).code).toBe(3);
      const { output } = await second.ended;
      expect(output).toBe(
        `Waiting for process ${first.child.pid}, which installs or builds Cairn here…\nup\n`,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'that cannot build shows the end of the log and runs nothing',
    async () => {
      write('scripts/build.mjs', 'console.log("x.ts(1,1): error"); process.exit(2);');
      const { code, output } = await start().ended;
      const log = join(clone, '.cairn', 'logs', 'build.log');
      expect(output.split('\n').slice(1)).toEqual([
        'x.ts(1,1): error',
        `The build failed (2); all of its output is in ${log}`,
        '',
      ]);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  test(
    'ended during the build ends the build too',
    async () => {
      write(
        'scripts/build.mjs',
        "import { writeFileSync } from 'node:fs'; writeFileSync('pid', String(process.pid)); setInterval(() => 0, 1e6);",
      );
      const { child, said, ended } = start();
      await said('Building');
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      await untilGone([Number(readFileSync(join(clone, 'pid'), 'utf8'))]);
    },
    TIMEOUT_MS,
  );

  test(
    'ends when the npm that runs it is killed',
    async () => {
      write(
        'apps/cli/dist/main.js',
        "import { writeFileSync } from 'node:fs'; process.on('SIGTERM', () => { writeFileSync('told', ''); process.exit(0); }); console.log('pid', process.pid); setInterval(() => 0, 1e6);",
      );
      const { child, said, ended } = launch('npm', ['--silent', '--prefix', clone, 'start']);
      await said('pid ');
      child.kill('SIGKILL');
      const { output } = await ended;
      await untilGone([Number(/pid (\d+)/.exec(output)?.[1])]);
      expect(existsSync(join(clone, 'told'))).toBe(true);
    },
    TIMEOUT_MS,
  );
});
