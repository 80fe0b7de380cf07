import type { Access, OperationSpec } from './operation-spec.js';
import type { ProblemCode } from './problem.js';

/** How a request says whose it is. */
export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A key of a tenant, or that of the operator. An installation without an operator key listens on its own machine only and takes requests without one.',
  },
} as const;

/** What OpenAPI says of who may ask: nobody has to say who they are where there are no keys. */
export const securityOf = (access: Access) => (access === 'public' ? [] : [{ apiKey: [] }, {}]);

/** Refusals that any request may meet. */
const OF_PAGES = ['FORBIDDEN_HOST', 'FORBIDDEN_ORIGIN'] as const;
/** Those of every operation that is not for everybody. */
const OF_KEYS = ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'] as const;

/** Every problem of an operation: its own, and those that come with who may ask for it. */
export function problemsOf({ access, problems }: OperationSpec): readonly ProblemCode[] {
  const general = access === 'public' ? OF_PAGES : [...OF_PAGES, ...OF_KEYS];
  return [...new Set<ProblemCode>([...problems, ...general])];
}
