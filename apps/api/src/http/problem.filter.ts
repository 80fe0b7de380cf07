import type { ServerResponse } from 'node:http';
import { CairnError } from '@cairn/dto';
import {
  Catch,
  HttpException,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { methodRefused } from './known-method.js';
import { problemOf } from './problem-of.js';
import { methodsOf } from './routes.js';
import type { ApiRequest } from './request.js';

/** Answers every error as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const error = thrown instanceof NotFoundException ? noRoute(request) : thrown;
    const { problem, headers } = problemOf(error);
    const fields = {
      code: problem.code,
      instance: problem.instance,
      method: request.method,
      path: request.originalUrl.split('?', 1)[0],
    };
    if (problem.code === 'INTERNAL') this.log.error({ ...fields, err: thrown }, 'a request failed');
    else if (problem.status >= 500) this.log.warn(fields, problem.detail);
    if (response.headersSent) {
      // Too late for an answer: the client must see that this one is not whole.
      response.destroy();
      return;
    }
    const body = JSON.stringify(problem);
    for (const name of ['ETag', 'Content-Disposition', 'Content-Range', 'Location'])
      response.removeHeader(name);
    response.writeHead(problem.status, {
      ...headers,
      'Content-Type': 'application/problem+json',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** The router knows no such method and path together; says which of the two is the matter. */
function noRoute(request: ApiRequest): CairnError | HttpException {
  const path = request.originalUrl.split('?', 1)[0] ?? '/';
  const methods = methodsOf(path);
  return methods.length > 0
    ? methodRefused(path, methods)
    : new CairnError('NOT_FOUND', `There is nothing at ${path}`);
}
