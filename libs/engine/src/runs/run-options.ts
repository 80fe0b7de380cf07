import type { RunOptions } from '@cairn/dao';
import { ValidationError, type http, type Issue } from '@cairn/dto';
import { allNodes, type AnyWorkflow } from '@cairn/pipeline';

/**
 * What a request asks of the cache, as a run keeps it: what it does not ask for is left out.
 * @throws ValidationError naming steps that the workflow does not have, and for `refresh` together with `bypass`.
 */
export function runOptions(
  { graph, name }: AnyWorkflow,
  { refresh, bypass }: http.RunOptions = {},
): RunOptions {
  if (refresh && bypass) {
    const message = 'refresh and bypass exclude each other: bypass does not write what refresh would renew';
    throw new ValidationError([{ path: '/options', code: 'VALIDATION_ERROR', message }], 'The request');
  }
  if (Array.isArray(refresh)) {
    const known = new Set(allNodes(graph).map(({ id }) => id));
    const unknown = refresh.flatMap((step, at): Issue[] =>
      known.has(step)
        ? []
        : [
            {
              path: `/options/refresh/${at}`,
              code: 'STEP_UNKNOWN',
              message: `is no step of ${name}: ${step}`,
            },
          ],
    );
    if (unknown.length > 0) throw new ValidationError(unknown, 'The request');
    return { refresh };
  }
  return { ...(refresh && { refresh }), ...(bypass && { bypass }) };
}
