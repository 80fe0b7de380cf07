/**
 * A program: the long fault run. `--seconds N` for another length than five minutes; CAIRN_FAULTS_SEED for the
 * decisions of an earlier one. Ends with 0 only if all holds.
 */
import { parseArgs } from 'node:util';
import { runFaults } from './run-faults.js';
import { logsFolder, seedFrom } from './seed.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stopping.abort(new Error(`broken off by ${name}`)));

try {
  const seed = seedFrom(process.env);
  const { report, problems } = await runFaults({
    durationMs: Number(values.seconds) * 1000,
    seed,
    logsTo: logsFolder(seed),
    say: console.log,
    signal: stopping.signal,
  });
  console.log(report);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
}
