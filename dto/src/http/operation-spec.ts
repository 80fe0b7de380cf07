import type { TSchema } from 'typebox';
import type { ProblemCode } from './problem.js';

/** What an answer of a status carries: JSON of a schema, or a body of another media type. */
export interface Answer {
  readonly description: string;
  readonly schema?: TSchema;
  /** Where the body is not `application/json`. */
  readonly mediaType?: string;
  /** Headers of note and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of the API: where it is, what it takes, what it answers. */
export interface OperationSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it: `/v1/runs/{id}`. */
  readonly path: string;
  readonly tag: string;
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
