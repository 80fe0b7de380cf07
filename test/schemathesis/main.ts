/**
 * A program: starts the API on records of its own and has schemathesis ask it whatever `/openapi.json` allows, and what
 * it does not. `--examples N` for each operation, `--seed N` to ask the same again.
 */
import { randomInt } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startTestApi, startTestTemporal } from '@cairn/api/testing';
import { run, schemathesis } from './tool.js';

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '20' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(randomInt(1_000_000));
const settings = join(dirname(fileURLToPath(import.meta.url)), '../../schemathesis/schemathesis.toml');

const tool = await schemathesis();
const temporal = await startTestTemporal();
const api = await startTestApi({ temporalAddress: temporal.address });
try {
  console.log(
    `seed ${seed}, ${values.examples} examples of each operation; --seed ${seed} asks the same again`,
  );
  process.exitCode = await run(tool, [
    ...['--config-file', settings, 'run', `${api.url}/openapi.json`],
    ...['--checks', 'all', '--phases', 'examples,coverage,fuzzing,stateful', '--continue-on-failure'],
    ...['--seed', seed, '--max-examples', values.examples, '--no-color', '--warnings', 'off'],
  ]);
} finally {
  await api.stop();
  await temporal.stop();
}
