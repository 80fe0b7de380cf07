import type { Command } from 'commander';
import { artifactsOf } from '../api/artifacts-of.js';
import { openApi } from '../api/find-api.js';
import { findRun, RUN_ARGUMENT } from '../api/find-run.js';
import { EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { bytes, counted, shortDigest } from '../show/format.js';
import { table } from '../show/table.js';
import { addPull } from './artifacts-pull.js';
import { addVerify } from './artifacts-verify.js';
import { apiOptions, type ApiOptions } from './options.js';

/** `cairn artifacts …`: what runs made. */
export function addArtifacts(program: Command, shell: Shell): void {
  const artifacts = program.command('artifacts').description('list, fetch and verify what runs made');
  addList(artifacts, shell);
  addPull(artifacts, shell);
  addVerify(artifacts, shell);
}

const COLUMNS = [
  { title: 'artifact' },
  { title: 'step', flexible: true },
  { title: 'type' },
  { title: 'file', flexible: true },
  { title: 'size', align: 'right' },
  { title: 'digest', dispensable: true },
] as const;

function addList(artifacts: Command, shell: Shell): void {
  const command = artifacts
    .command('list')
    .description('list the files and documents of a run, oldest first')
    .argument('<run>', RUN_ARGUMENT);
  apiOptions(command).action((named: string, options: ApiOptions) =>
    shell.perform(async () => {
      const { screen } = shell;
      const client = openApi(options, shell);
      const items = await artifactsOf(client, await findRun(client, named));
      if (options.json) shell.json({ items });
      else if (items.length === 0) screen.line('  The run has no files.');
      else {
        const rows = items.map(one => [
          one.id,
          one.stepId ?? screen.colours.dim('trigger'),
          one.type,
          one.filename ?? '',
          one.sizeBytes === undefined ? '' : bytes(one.sizeBytes),
          screen.colours.dim(shortDigest(one.contentHash)),
        ]);
        for (const line of table(COLUMNS, rows, screen)) screen.line(line);
        const size = items.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
        screen.line(`\n  ${screen.colours.dim(`${counted(items.length, 'file')}, ${bytes(size)}`)}`);
      }
      return EXIT.completed;
    }),
  );
}
