import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/** One line per request: what changes something at `info`, what only reads at `debug`. */
export function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    response.once('close', () => {
      const fields = {
        method: request.method,
        url: request.originalUrl,
        status: response.statusCode,
        ms: Math.round(performance.now() - began),
        ...(!response.writableFinished && { aborted: true }),
      };
      log[request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info'](fields, 'request');
    });
    next();
  };
}
