import { dirname } from 'node:path';
import { goInstall } from './go-install.js';
import { TEMPORAL_VERSION, type BinarySearch } from './temporal-binary.js';

/**
 * Builds Temporal's binary with `go install` in a folder of its own and moves it to `target` when it is whole.
 * @throws Error when Go is not on the PATH or the build fails, with its last line
 */
export async function buildTemporal(target: string, search: BinarySearch): Promise<void> {
  const program = {
    module: 'github.com/temporalio/cli/cmd/temporal',
    version: TEMPORAL_VERSION,
    title: "Temporal's dev server",
    cost: `2–5 minutes, 250 MB in ${dirname(target)} and about 2 GB in Go's own caches`,
  };
  await goInstall(program, target, search);
}
