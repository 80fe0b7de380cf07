import type { IncomingMessage } from 'node:http';
import { http } from '@cairn/dto';

/** A path of OpenAPI as the router writes it: `/v1/runs/{id}` is `/v1/runs/:id`. */
export const routePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const routes = Object.entries<http.OperationSpec>(http.operations).map(([id, spec]) => ({
  id: id as http.OperationId,
  spec,
  pattern: new RegExp(`^${spec.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

const unnamed = ({ path }: http.OperationSpec) => path.split('{').length;

/** The operations at a path, the one that names more when several match; none when there is no such path. */
export function operationsAt(path: string): http.OperationSpec[] {
  const found = routes.filter(({ pattern }) => pattern.test(path)).map(({ spec }) => spec);
  const least = Math.min(...found.map(unnamed));
  return found.filter(spec => unnamed(spec) === least);
}

/** Whether a request is of an operation whose body is bytes of any kind. */
export const takesBytes = ({ method, url = '/' }: IncomingMessage): boolean =>
  operationsAt(url.split('?', 1)[0]!).some(
    spec => spec.bytes !== undefined && spec.method === method?.toLowerCase(),
  );

/** The methods that a path takes. */
export const methodsOf = (path: string): string[] =>
  operationsAt(path).flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));

/** The operation that a request asks for; none where there is no such path, or not by that method. */
export function operationOf(
  path: string,
  method: string,
): { readonly id: http.OperationId; readonly spec: http.OperationSpec } | undefined {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const found = routes.filter(({ spec, pattern }) => spec.method === asked && pattern.test(path));
  // The router takes the one that names more.
  return found.sort((a, b) => unnamed(a.spec) - unnamed(b.spec))[0];
}
