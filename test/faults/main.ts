/**
 * A program: the long fault run, on Temporal's full server and S3. `--seconds N` for another length than five minutes;
 * `--stack dev` for Temporal's dev server and a folder; CAIRN_FAULTS_SEED for the decisions of an earlier one. Ends with
 * 0 only if all holds.
 */
import { parseArgs } from 'node:util';
import { runFaults } from './run-faults.js';
import { logsFolder, seedFrom } from './seed.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, stack: { type: 'string', default: 'full' } },
});
const { stack } = values;
if (stack !== 'full' && stack !== 'dev') throw new RangeError(`--stack ${stack}: it must be full or dev`);
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stopping.abort(new Error(`broken off by ${name}`)));

try {
  const seed = seedFrom(process.env);
  const { report, problems } = await runFaults({
    durationMs: Number(values.seconds) * 1000,
    seed,
    stack,
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
