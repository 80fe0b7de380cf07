import { CairnApiError, errorOf } from '../api-error.js';
import type { Readiness, Skill, Workflow, WorkflowSummary } from '../generated/openapi.js';
import type { CallOptions, Wire } from '../wire.js';

/** The calls that are about the installation: what it offers, and how it is. */
export interface SystemCalls {
  listWorkflows(options?: CallOptions): Promise<readonly WorkflowSummary[]>;
  getWorkflow(name: string, options?: CallOptions & { readonly version?: string }): Promise<Workflow>;
  listSkills(options?: CallOptions): Promise<readonly Skill[]>;
  /** Also answers, rather than throws, when the API says that it is not ready. */
  readiness(options?: CallOptions): Promise<Readiness>;
  /** Which Cairn answers, e.g. `0.1.0`. */
  version(options?: CallOptions): Promise<string>;
}

export function systemCalls({ baseUrl, http, read, reply }: Wire): SystemCalls {
  return {
    listWorkflows: async ({ signal } = {}) =>
      (await read(http.GET('/v1/workflows', { signal }), signal)).items,
    getWorkflow: (name, { version, signal } = {}) => {
      const params = { path: { name }, query: { version } };
      return read(http.GET('/v1/workflows/{name}', { params, signal }), signal);
    },
    listSkills: async ({ signal } = {}) => (await read(http.GET('/v1/skills', { signal }), signal)).items,
    readiness: async ({ signal } = {}) => {
      const { data, error, response } = await reply(http.GET('/readyz', { signal }), signal);
      const said = data ?? error;
      if (said === undefined || !('database' in said)) throw errorOf(response.status, said);
      return said;
    },
    version: async ({ signal } = {}) => {
      const document = await read(http.GET('/openapi.json', { signal }), signal);
      const { title, version } = (document['info'] ?? {}) as { title?: unknown; version?: unknown };
      if (title === 'Cairn' && typeof version === 'string') return version;
      throw new CairnApiError('BAD_ANSWER', `${baseUrl} is not Cairn`, 200);
    },
  };
}
