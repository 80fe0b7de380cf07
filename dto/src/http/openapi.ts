import type { TSchema } from 'typebox';
import type { Answer, OperationSpec } from './operation-spec.js';
import { operations } from './operations.js';
import { PROBLEMS, Problem, type ProblemCode } from './problem.js';
import { problemsOf, securityOf, SECURITY_SCHEMES } from './security.js';

type Json = Record<string, unknown>;
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** A copy of a schema in which each titled schema below the top is a reference; those are collected. */
function withReferences(schema: Json, components: Map<string, Json>, top = true): Json {
  const title = schema['title'];
  if (!top && typeof title === 'string' && 'type' in schema) {
    if (!components.has(title)) {
      components.set(title, {});
      components.set(title, withReferences(schema, components));
    }
    return { $ref: `#/components/schemas/${title}` };
  }
  const inner = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(inner)
      : value !== null && typeof value === 'object'
        ? withReferences(value as Json, components, false)
        : value;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inner(value)]));
}

function parameters(spec: OperationSpec): Json[] {
  const of = (schema: TSchema | undefined, where: 'path' | 'query' | 'header'): Json[] => {
    const { properties = {}, required = [] } = schema === undefined ? {} : json(schema);
    return Object.entries(properties as Record<string, Json>).map(([name, { description, ...value }]) => ({
      name: where === 'header' ? headerName(name) : name,
      in: where,
      ...(description !== undefined && { description }),
      required: where === 'path' || (required as string[]).includes(name),
      schema: value,
    }));
  };
  return [...of(spec.params, 'path'), ...of(spec.query, 'query'), ...of(spec.headers, 'header')];
}
const headerName = (name: string) => name.replace(/(^|-)[a-z]/g, letter => letter.toUpperCase());

/** The operations grouped by path, problems grouped by status. */
function pathsOf(refer: (schema: TSchema) => Json): Record<string, Json> {
  const paths: Record<string, Json> = {};
  for (const [operationId, spec] of Object.entries<OperationSpec>(operations)) {
    const answers = Object.entries(spec.answers).map(([status, answer]) => [status, response(answer, refer)]);
    const taken = parameters(spec);
    (paths[spec.path] ??= {})[spec.method] = {
      operationId,
      tags: [spec.tag],
      summary: spec.summary,
      ...(spec.description !== undefined && { description: spec.description }),
      'x-cairn-access': spec.access,
      security: securityOf(spec.access),
      ...(taken.length > 0 && { parameters: taken }),
      ...(spec.body && {
        requestBody: { required: true, content: { 'application/json': { schema: refer(spec.body) } } },
      }),
      ...(spec.bytes !== undefined && {
        requestBody: {
          required: true,
          description: spec.bytes,
          content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
        },
      }),
      responses: { ...Object.fromEntries(answers), ...problemResponses(problemsOf(spec), refer) },
    };
  }
  return paths;
}

function response(answer: Answer, refer: (schema: TSchema) => Json): Json {
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  const binary = answer.mediaType === '*/*' ? { type: 'string', format: 'binary' } : { type: 'string' };
  const bodiless = answer.schema === undefined && answer.mediaType === undefined && headers.length === 0;
  const content = answer.schema
    ? {
        'application/json': { schema: refer(answer.schema) },
        ...(answer.alternative && {
          [answer.alternative.mediaType]: {
            schema: { type: 'string', description: answer.alternative.description },
          },
        }),
      }
    : answer.mediaType
      ? { [answer.mediaType]: { schema: binary } }
      : undefined;
  return {
    description: answer.description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(!bodiless && content && { content }),
  };
}

function problemResponses(codes: readonly ProblemCode[], refer: (schema: TSchema) => Json): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map(code => `\`${code}\`: ${PROBLEMS[code].about}`).join(' '),
        content: { 'application/problem+json': { schema: refer(Problem) } },
      },
    ]),
  );
}

/**
 * The OpenAPI 3.1 document of the API, made of the table of operations.
 * @param version of Cairn.
 */
export function openApiDocument(version: string): Json {
  const components = new Map<string, Json>();
  const refer = (schema: TSchema) => withReferences(json(schema), components, false);
  const paths = pathsOf(refer);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cairn',
      version,
      description:
        'Durable pipelines of skills. Errors are `application/problem+json` (RFC 9457). Lists are paged by cursor. A request body may have 1 MiB, an upload as much as the installation takes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'runs', description: 'Executions of workflows.' },
      { name: 'schedules', description: 'Runs that are started by the clock.' },
      { name: 'gates', description: 'What waits for somebody to decide.' },
      { name: 'artifacts', description: 'What runs produced and clients brought, by content.' },
      { name: 'cache', description: 'Results that need not be made again.' },
      { name: 'events', description: 'What has happened to runs and store.' },
      { name: 'webhooks', description: 'Where events are sent to, and what became of each.' },
      { name: 'store', description: 'What is kept, for how long, and whether it is whole.' },
      {
        name: 'tenants',
        description: 'Whose runs and artifacts there are, and how much of them there may be.',
      },
      { name: 'keys', description: 'Who may use the API, and as what.' },
      { name: 'catalog', description: 'What this installation can run.' },
      { name: 'health', description: 'For load balancers and supervisors.' },
      { name: 'documentation', description: 'What you are reading.' },
    ],
    paths,
    components: {
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
