import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { ApiError } from './api-error.js';
import type { ApiRequest } from './request.js';
import { takesBytes } from './routes.js';

/** 1 MiB. */
export const BODY_LIMIT = 1_048_576;

/** What body-parser says of what it refuses. */
interface ParserError {
  readonly type?: string;
  readonly message: string;
  readonly body?: unknown;
}

/** Bytes that the caller's body may have. */
const limitOf = (request: IncomingMessage): number =>
  Math.min((request as ApiRequest).caller?.limits.maxBodyBytes ?? BODY_LIMIT, BODY_LIMIT);

const parse = express.json({
  limit: BODY_LIMIT,
  strict: true,
  type: () => true,
  verify: (request, _response, bytes) => {
    if (bytes.length > limitOf(request)) throw Object.assign(new Error(), { type: 'entity.too.large' });
    if (!isUtf8(bytes)) throw Object.assign(new Error(), { type: 'cairn.encoding' });
  },
});
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Whether something comes behind the headers. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;

/** Reads JSON bodies, leaves bytes to the operations that take them; whatever else comes with a body is refused. */
export const jsonBody: RequestHandler = (request, response, next) => {
  const mediaType = request.headers['content-type'];
  if (!hasBody(request) || takesBytes(request)) return next();
  if (mediaType === undefined || !JSON_TYPE.test(mediaType))
    return next(
      new ApiError(
        'UNSUPPORTED_MEDIA_TYPE',
        `The body must be application/json in UTF-8, not ${mediaType ?? 'untyped'}`,
      ),
    );
  parse(request, response, (error?: unknown) => {
    if (error === undefined || error === null) next();
    else next(refusal(error as ParserError, limitOf(request)));
  });
};

function refusal(error: ParserError, limit: number): ApiError {
  switch (error.type) {
    case 'entity.too.large':
      return new ApiError(
        'BODY_TOO_LARGE',
        `The body has more than ${limit} bytes${limit === BODY_LIMIT ? ' (1 MiB)' : ', which is what the tenant may send'}`,
      );
    case 'entity.parse.failed':
      return new ApiError('INVALID_JSON', where(error.message, error.body));
    case 'cairn.encoding':
      return new ApiError('INVALID_JSON', 'The body is not UTF-8');
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new ApiError('UNSUPPORTED_MEDIA_TYPE', 'The encoding of the body is not one that is read here');
    default:
      return new ApiError('BAD_REQUEST', 'The body could not be read whole');
  }
}

/** Where the text stops being JSON, as an editor counts. */
function where(message: string, body: unknown): string {
  const text = typeof body === 'string' ? body : '';
  const at = /position (\d+)/.exec(message)?.[1];
  const offset = at !== undefined ? Number(at) : /end of JSON/.test(message) ? text.length : undefined;
  if (offset === undefined) return 'The body is not a JSON object';
  const before = text.slice(0, offset).split('\n');
  return `The body stops being JSON at line ${before.length}, column ${(before.at(-1) ?? '').length + 1} (offset ${offset})`;
}
