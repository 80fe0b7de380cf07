import { ValidationError, type http } from '@cairn/dto';
import type { Caller } from '../auth/caller.js';
import { ApiError } from '../http/api-error.js';

/** Who decides on a gate, and as whom. */
export interface Decider {
  readonly by: string;
  readonly role: string;
}

/**
 * The one place that says who makes a decision: the key by its name, whatever the request says; where no keys are
 * needed, it is who they say.
 *
 * @throws ApiError ROLE_MISSING when the key does not decide in that role; ValidationError when nobody is named.
 */
export function deciderOf({ by, role }: http.GateDecisionRequest, caller: Caller): Decider {
  if (caller.keyId !== undefined) {
    const { gateRoles, name } = caller;
    if (gateRoles !== null && !gateRoles.includes(role))
      throw new ApiError(
        'ROLE_MISSING',
        `The key decides on gates as ${gateRoles.join(', ') || 'nobody'}, not as ${role}`,
      );
    return { by: name, role };
  }
  if (by === undefined)
    throw new ValidationError(
      [{ path: '/by', code: 'VALIDATION_ERROR', message: 'must say who decides: there is no key that does' }],
      'The request',
    );
  return { by, role };
}
