// CommonJS, since Temporal's SDK requires it by its path, also from within its sandbox.
import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stacks of failures as payloads: they may quote what is secret, and so are encrypted too. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
