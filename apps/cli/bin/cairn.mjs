#!/usr/bin/env node
// The `cairn` command as npm links it: plain Node that is there before anything is built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `✖ Cairn needs Node 20.19 or later, this is ${process.versions.node}: see https://nodejs.org/en/download`,
  );
  process.exit(1);
}

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  console.error(`✖ Cairn is not built yet: run \`npm run build\` in ${root} (\`npm start\` does it too)`);
  process.exitCode = 1;
}
