import type { http } from '@cairn/dto';

/** Who decides on a gate, and as whom. */
export interface Decider {
  readonly by: string;
  readonly role: string;
}

/** The one place that says who makes a decision. Requests carry no keys yet: it is who they say. */
export function deciderOf({ by, role }: http.GateDecisionRequest): Decider {
  return { by, role };
}
