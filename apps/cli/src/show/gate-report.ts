import type { Gate, GateList, GateSummary } from '@cairn/client';
import { ago, bytes, oneLine } from './format.js';
import type { Colours, Screen } from './screen.js';
import { fields, table } from './table.js';

const COLUMNS = [
  { title: 'gate' },
  { title: 'step', flexible: true },
  { title: 'status' },
  { title: 'role' },
  { title: 'since', align: 'right', dispensable: true },
  { title: 'until', flexible: true, dispensable: true },
] as const;

/** Prints a page of gates. */
export function listGates({ items, nextCursor }: GateList, screen: Screen): void {
  const { dim } = screen.colours;
  if (items.length === 0) return screen.line('  No gates. --status all shows those that are decided, too.');
  const rows = items.map(gate => [
    gate.id,
    gate.stepId,
    statusOf(gate, screen.colours),
    gate.role,
    dim(ago(gate.createdAt)),
    gate.status === 'open' ? dim(deadlineOf(gate)) : '',
  ]);
  for (const line of table(COLUMNS, rows, screen)) screen.line(line);
  if (nextCursor !== undefined) screen.line(`\n  ${dim(`There are more: --cursor ${nextCursor}`)}`);
}

/** Prints what a gate shows, and, while it is open, the commands that decide. */
export function showGate(gate: Gate, screen: Screen): void {
  const { colours } = screen;
  const { id, runId, stepId, role, shown, files, shownDigest, decidedBy, decidedAt, comment } = gate;
  screen.line();
  screen.line(`  ${colours.bold(stepId)}  ${statusOf(gate, colours)}`);
  screen.line();
  for (const line of JSON.stringify(shown, null, 2).split('\n')) screen.line(`    ${line}`);
  screen.line();
  const decided = decidedAt && `${decidedBy ?? 'by its deadline'}, ${ago(decidedAt)}`;
  const lines = fields(
    [
      ['Gate', id],
      ['Run', runId],
      ['Role', role],
      ...files.map(file => ['File', fileOf(file)] as const),
      ['Digest', shownDigest],
      ['Deadline', gate.status === 'open' ? deadlineOf(gate) : undefined],
      ['Decided', decided],
      ['Comment', comment && oneLine(comment)],
    ],
    screen,
  );
  for (const line of lines) screen.line(line);
  if (gate.status !== 'open') return;
  const decision = (word: string) => `cairn gates ${word} ${id} --role ${role} --digest ${shownDigest}`;
  screen.line(`\n  ${colours.dim('To decide:')}\n  ${decision('approve')}\n  ${decision('reject')}`);
}

function fileOf({ path, type, filename, size, artifactId }: Gate['files'][number]): string {
  const name = filename === undefined ? type : `${filename} (${type})`;
  return [path, name, bytes(size), artifactId && `artifact ${artifactId}`].filter(Boolean).join('  ');
}

const deadlineOf = ({ deadlineAt, otherwise }: GateSummary) =>
  `${deadlineAt}, then ${otherwise === 'approve' ? 'approved' : 'rejected'}`;

function statusOf({ status, expired }: GateSummary, colours: Colours): string {
  const word = expired ? `${status}, deadline` : status;
  if (status === 'approved') return colours.green(`✔ ${word}`);
  if (status === 'rejected') return colours.red(`✖ ${word}`);
  return status === 'open' ? colours.yellow(`● ${word}`) : colours.dim(`– ${word}`);
}
