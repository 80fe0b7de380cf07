/**
 * A program for tests: starts a local stack in the home given as its argument, as `cairn up` does, and reports on
 * standard output, one JSON object a line. Ends at SIGTERM.
 */
import { startLocalStack } from '../start-local-stack.js';
import type { StarterReport } from './start-starter.js';

const tell = (report: StarterReport) => process.stdout.write(`${JSON.stringify(report)}\n`);

const stack = await startLocalStack({
  home: process.argv[2] ?? '',
  durable: false,
  log: line => tell({ kind: 'log', line }),
});
stack.onCrash((part, detail) => tell({ kind: 'crash', part, detail }));
const { databaseUrl, temporalAddress, postgres, temporal, shared } = stack;
tell({ kind: 'up', databaseUrl, temporalAddress, shared, pids: [postgres.pid ?? 0, temporal.pid ?? 0] });
process.once('SIGTERM', () => {
  void stack.stop().then(() => process.exit(0));
});
setInterval(() => undefined, 60_000);
