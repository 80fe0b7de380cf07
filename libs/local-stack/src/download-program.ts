/**
 * A program: has Temporal's SDK download the dev server of version `argv[3]` into the folder `argv[2]`. The SDK has
 * no call for the download alone: it starts the server too, which is ended at once and shows that the binary runs.
 */
import { reasonOf } from './errors.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [, , downloadDir, version] = process.argv;
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version } },
  });
  await environment.teardown();
} catch (error) {
  // The SDK wraps the cause in one layer after the other, each of which begins anew after a bracket.
  console.error(reasonOf(error).split('): ').at(-1));
  process.exitCode = 1;
}
