import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { modulesOf, type Variant } from './variant.js';

/** Bundles the interpreter for Temporal's sandbox: seconds of work. */
export async function makeBundle(variant: Variant, logger: Logger): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({ ...modulesOf(variant), logger });
}
