import { join } from 'node:path';
import { installPackages, packagesProblem } from './packages.mjs';
import { withLock } from './lock.mjs';
import { runLogged } from './run-logged.mjs';

/**
 * Installs the packages when they are not those of package-lock.json, and builds what has changed. A second start
 * at the same time waits for the first. Says what takes long before it begins, and nothing when all is ready.
 * @param {string} root folder of the clone
 * @throws {Error} with the end of the log in its message
 */
export async function prepare(root) {
  const state = join(root, '.cairn');
  const waiting = pid => console.log(`Waiting for process ${pid}, which installs or builds Cairn here…`);
  await withLock(join(state, 'locks', 'prepare'), waiting, async () => {
    const problem = packagesProblem(root);
    if (problem) {
      console.log(`Installing packages (${problem}; about 670 MB in node_modules, about 1 minute)…`);
      await installPackages(root, join(state, 'logs', 'install.log'));
    }
    await runLogged({
      what: 'The build',
      command: process.execPath,
      args: [join(root, 'scripts', 'build.mjs')],
      cwd: root,
      logFile: join(state, 'logs', 'build.log'),
      // A build with nothing to do is over by then.
      tellAfter: { milliseconds: 1500, line: 'Building (about 45 seconds the first time)…' },
    });
  });
}
