import type { DamagedRun, VerifiedRuns } from '../run/verify-runs.js';
import type { Shell } from '../shell.js';
import { bytes, counted } from './format.js';
import { table } from './table.js';

const COLUMNS = [
  { title: 'run' },
  { title: 'workflow', flexible: true },
  { title: 'status' },
  { title: 'damaged', align: 'right' },
  { title: 'what heals it', flexible: true },
] as const;

/** Says of every run whether it is whole. */
export function showVerifiedRuns(
  { checked, bytes: size, runs }: { checked: number; bytes: number; runs: VerifiedRuns },
  { screen }: Shell,
): void {
  const { green, red } = screen.colours;
  const { verified, damaged } = runs;
  screen.line(`  ${counted(checked, 'file')} read, ${bytes(size)}`);
  screen.line(`  ${green('✔')} ${counted(verified, 'run')} whole: every byte is what its digest says`);
  if (damaged.length === 0) return;
  screen.line(`  ${red('✖')} ${counted(damaged.length, 'run')} damaged\n`);
  const rows = damaged.map(run => [
    run.runId,
    run.workflow,
    run.status,
    String(run.files.length),
    healing(run),
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
}

function healing({ runId, heal, files }: DamagedRun): string {
  if (heal.by === 'retry') return `cairn runs retry ${runId}`;
  if (heal.by === 'fork') return heal.from.map(step => `cairn runs fork ${runId} --from ${step}`).join('; ');
  if (heal.by === 'itself') return 'it is not over: its steps make again what they need';
  const given = files.filter(({ stepId }) => stepId === undefined).map(({ name }) => name);
  return `upload again what it was given: ${given.join(', ')}`;
}
