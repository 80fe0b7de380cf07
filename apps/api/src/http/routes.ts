import type { IncomingMessage } from 'node:http';
import { http } from '@cairn/dto';

/** A path of OpenAPI as the router writes it: `/v1/runs/{id}` is `/v1/runs/:id`. */
export const routePath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const routes = Object.values<http.OperationSpec>(http.operations).map(spec => ({
  spec,
  pattern: new RegExp(`^${spec.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** The operations at a path; none when there is no such path. */
export const operationsAt = (path: string): http.OperationSpec[] =>
  routes.filter(({ pattern }) => pattern.test(path)).map(({ spec }) => spec);

/** Whether a request is of an operation whose body is bytes of any kind. */
export const takesBytes = ({ method, url = '/' }: IncomingMessage): boolean =>
  operationsAt(url.split('?', 1)[0]!).some(
    spec => spec.bytes !== undefined && spec.method === method?.toLowerCase(),
  );

/** The methods that a path takes. */
export const methodsOf = (path: string): string[] =>
  operationsAt(path).flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
