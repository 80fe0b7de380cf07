import { compile, ValidationError, withDefaults, type http, type Issue } from '@cairn/dto';
import type { Static, TSchema } from '@cairn/skill-kit';
import type { ApiRequest } from './request.js';

type Part<S, K extends string> = S extends { readonly [P in K]: infer T extends TSchema }
  ? Static<T>
  : undefined;
/** What the handler of an operation gets. */
export interface InputOf<Id extends http.OperationId> {
  readonly params: Part<(typeof http.operations)[Id], 'params'>;
  readonly query: Part<(typeof http.operations)[Id], 'query'>;
  readonly headers: Part<(typeof http.operations)[Id], 'headers'>;
  readonly body: Part<(typeof http.operations)[Id], 'body'>;
}

type Fields = Record<string, unknown>;
const SUBJECT = 'The request';

/**
 * What an operation takes of a request, checked, defaults filled in.
 * @throws ValidationError; all that is wrong at once. Paths are `/` and the name of the parameter.
 */
export function readInput(spec: http.OperationSpec, request: ApiRequest): unknown {
  const query = spec.query && asTyped(spec.query, request.query);
  const headers = spec.headers && pickHeaders(spec.headers, request);
  const issues = [
    ...check(spec.params, request.params),
    ...check(spec.query, query),
    ...check(spec.headers, headers),
    ...(spec.body ? bodyIssues(spec.body, request.body) : []),
  ];
  if (issues.length > 0) throw new ValidationError(issues, SUBJECT);
  return {
    params: request.params,
    query: spec.query && withDefaults(spec.query, { ...query }),
    headers,
    body: request.body,
  };
}

const check = (schema: TSchema | undefined, value: unknown): Issue[] =>
  schema === undefined ? [] : compile(schema).check(value);

/** Text of a query as the integers that the schema wants; the rest is for the schema to refuse. */
function asTyped(schema: TSchema, query: unknown): Fields {
  const { properties } = schema as unknown as { properties: Record<string, { type?: string }> };
  const entries = Object.entries((query ?? {}) as Fields).map(([name, value]) => {
    const wantsInteger = Object.hasOwn(properties, name) && properties[name]?.type === 'integer';
    return [
      name,
      wantsInteger && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ] as const;
  });
  return Object.fromEntries(entries);
}

function pickHeaders(schema: TSchema, request: ApiRequest): Fields {
  const { properties } = schema as unknown as { properties: Record<string, unknown> };
  const present = Object.keys(properties).filter(name => request.headers[name] !== undefined);
  return Object.fromEntries(present.map(name => [name, request.headers[name]]));
}

/** With one of these a schema says what a value may be. */
const CLOSING = ['type', 'enum', 'const', 'anyOf', '$ref'];

/**
 * A member that the schema leaves open, such as `trigger`, is looked at by itself for what no document may hold, so
 * that the paths of its issues point into it.
 */
function bodyIssues(schema: TSchema, body: unknown): Issue[] {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    return [{ path: '', code: 'VALIDATION_ERROR', message: 'must be an object' }];
  const { properties } = schema as unknown as { properties: Record<string, TSchema> };
  const open = Object.keys(properties).filter(
    name => !CLOSING.some(keyword => keyword in properties[name]!) && Object.hasOwn(body, name),
  );
  const envelope = Object.fromEntries(
    Object.entries(body).map(([key, v]) => [key, open.includes(key) ? null : v]),
  );
  return [
    ...check(schema, envelope),
    ...open.flatMap(name => check(properties[name], (body as Fields)[name])),
  ];
}
