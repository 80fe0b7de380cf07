import { http } from '@cairn/dto';

/** A path of OpenAPI as the router writes it: `/v1/runs/{id}` is `/v1/runs/:id`. */
export const routePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const patterns = Object.values<http.OperationSpec>(http.operations).map(({ method, path }) => ({
  methods: method === 'get' ? ['GET', 'HEAD'] : ['POST'],
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** The methods that a path takes; none when there is no such path. */
export function methodsOf(path: string): string[] {
  return patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
}
