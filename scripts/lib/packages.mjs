import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './run-logged.mjs';

const stampOf = root => join(root, 'node_modules', '.cairn-lock');

/**
 * Why the packages must be installed, in a few words; undefined when they are those of package-lock.json.
 * The answer is kept in node_modules as the digest of package-lock.json, so the next start need not compare.
 * @param {string} root folder of the clone
 */
export function packagesProblem(root) {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'none yet';
  // Packages installed before there was the command: npx would look for it elsewhere.
  if (!existsSync(join(root, 'node_modules', '.bin', 'cairn'))) return 'the command cairn is not there';
  const digest = lockDigest(root);
  if (readIfThere(stampOf(root)) === digest) return undefined;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const differs = Object.entries(wanted).some(([path, wants]) => isOther(path, wants, present[path]));
  if (differs) return 'package-lock.json has changed';
  writeFileSync(stampOf(root), digest);
  return undefined;
}

/**
 * Installs exactly what package-lock.json says. Install scripts are not run: no package Cairn uses needs one.
 * @throws {Error} with the end of the log in its message
 */
export async function installPackages(root, logFile) {
  const npm = process.env.npm_execpath;
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  // The npm that runs this script, else the one on the PATH.
  const [command, args] = npm?.endsWith('npm-cli.js') ? [process.execPath, [npm, ...flags]] : ['npm', flags];
  await runLogged({
    what: 'Installing packages (npm ci)',
    command,
    args,
    cwd: root,
    logFile,
    tellEvery: { milliseconds: 30_000, line: seconds => `Still installing packages (${seconds} s)…` },
  });
  writeFileSync(stampOf(root), lockDigest(root));
}

/** Packages of other platforms are optional and absent; workspaces are links, without a version of their own. */
function isOther(path, wants, has) {
  if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return false;
  if (!has) return !wants.optional && !wants.devOptional && !wants.peer;
  return wants.version !== has.version || wants.resolved !== has.resolved;
}

function lockDigest(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
