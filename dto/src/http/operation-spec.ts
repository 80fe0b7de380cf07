import type { TSchema } from 'typebox';
import type { ProblemCode } from './problem.js';

/** What an answer of a status carries: JSON of a schema, or a body of another media type. */
export interface Answer {
  readonly description: string;
  readonly schema?: TSchema;
  /** Where the body is not `application/json`. */
  readonly mediaType?: string;
  /** What else than JSON the client may ask for with `Accept`: the media type, and what the text is. */
  readonly alternative?: { readonly mediaType: string; readonly description: string };
  /** Headers of note and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The roles of a tenant's keys, each of which may do what those before it may. */
export const ROLES = ['viewer', 'runner', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who may ask for an operation: everybody, keys of a tenant with this role or a later one, or the operator of the
 * installation, whose key belongs to no tenant.
 */
export type Access = 'public' | Role | 'operator';

/** One operation of the API: where it is, what it takes, what it answers. */
export interface OperationSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/v1/runs/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** Of an operation whose body is bytes of any kind: what they are. */
  readonly bytes?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ProblemCode[];
}
