import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { AccessGuard } from '../auth/access.guard.js';
import { asCaller } from '../auth/as-caller.js';
import { authenticate } from '../auth/authenticate.js';
import type { Authority } from '../auth/authority.js';
import { bodyTime } from '../http/body-time.js';
import { jsonBody } from '../http/json-body.js';
import { knownMethod } from '../http/known-method.js';
import { localOnly } from '../http/local-only.js';
import { takesBytes } from '../http/routes.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { watchRequests, type RequestWatchers } from '../telemetry/watch-requests.js';
import { ApiModule, type ApiParts } from './api.module.js';

interface Serving {
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  readonly authority: Authority;
  readonly watchers?: Omit<RequestWatchers, 'log'>;
}

export interface Listening {
  /** E.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new requests, and returns when those under way are answered, or cut off after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves the API.
 * @throws the server's own error when it cannot listen, e.g. EADDRINUSE.
 */
export async function listen(
  parts: ApiParts,
  { host, port, log, authority, watchers }: Serving,
): Promise<Listening> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.of(parts), {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(watchRequests({ tracing: false, ...watchers, log }));
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      // For whoever ends TLS to say.
      strictTransportSecurity: false,
    }),
  );
  app.use(bodyTime);
  if (authority.local) app.use(localOnly);
  app.use(knownMethod);
  app.use(authenticate(authority));
  app.use(jsonBody);
  app.use(asCaller);
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalGuards(new AccessGuard());
  await app.init();
  const server = app.getHttpServer();
  // An upload may take longer than any request that is known by its time: see bodyTime.
  server.requestTimeout = 0;
  // Who asks before sending is told to go on once the headers are found good.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!takesBytes(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.family === 'IPv6' ? `[${shown(address.address)}]` : shown(address.address)}:${address.port}`,
    close: async graceMs => {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise(resolve => {
        server.close(resolve);
        server.closeIdleConnections();
      });
      clearTimeout(cut);
      await app.close();
    },
  };
}

/** An address that a person can open: one that listens everywhere is reached here. */
const shown = (address: string) => (address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address);
