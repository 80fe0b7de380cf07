import type { Gate, GateDecisionRequest, GateList, operations } from '../generated/openapi.js';
import { byId, type CallOptions, type Wire } from '../wire.js';

export type GateQuery = NonNullable<operations['listGates']['parameters']['query']>;

/** The calls that are about gates: steps that wait, or have waited, for somebody's approval. */
export interface GateCalls {
  /** One page of the gates, newest first. */
  listGates(query?: GateQuery, options?: CallOptions): Promise<GateList>;
  /** A gate with what it shows. */
  getGate(gateId: string, options?: CallOptions): Promise<Gate>;
  /** Approves or rejects what a gate shows, by the digest of that. */
  decideGate(gateId: string, decision: GateDecisionRequest, options?: CallOptions): Promise<Gate>;
}

export function gateCalls({ http, read }: Wire): GateCalls {
  return {
    listGates: (query = {}, { signal } = {}) =>
      read(http.GET('/v1/gates', { params: { query }, signal }), signal),
    getGate: (id, { signal } = {}) => read(http.GET('/v1/gates/{id}', { params: byId(id), signal }), signal),
    decideGate: (id, body, { signal } = {}) =>
      read(http.POST('/v1/gates/{id}/decision', { params: byId(id), body, signal }), signal),
  };
}
