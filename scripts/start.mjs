// `npm start`: makes a fresh clone ready (packages, build) and runs `cairn up` with the arguments given.
// Plain Node and nothing else, since nothing is installed yet; what is imported must not be either.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// First, and before any other file is read: an old Node would fail on their syntax instead.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Cairn needs Node 20.19 or later, this is ${process.versions.node}: see https://nodejs.org/en/download`,
  );
  process.exit(1);
}

const { prepare } = await import('./lib/prepare.mjs');
const { endWithNpm } = await import('./lib/end-with-npm.mjs');

endWithNpm();
// npm runs scripts in the folder of package.json; paths among the arguments are meant from where the user is.
process.env.INIT_CWD ??= process.cwd();
process.chdir(root);
try {
  await prepare(root);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// In this process rather than a child: signals, the terminal and the exit code are then the command's own.
const command = join(root, 'apps', 'cli', 'dist', 'main.js');
process.argv = [process.argv[0], command, 'up', ...process.argv.slice(2)];
await import(pathToFileURL(command).href);
