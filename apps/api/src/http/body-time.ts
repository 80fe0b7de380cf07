import type { RequestHandler } from 'express';
import { hasBody } from './json-body.js';
import { takesBytes } from './routes.js';

/** How long a body may stand still. Milliseconds. */
const STILL_MS = 60_000;
/** How long a JSON body may take altogether. Milliseconds. */
const JSON_MS = 300_000;
/** How long what is still being sent is thrown away once it has been refused, so that the sender can read why. */
const LINGER_MS = 2_000;

/**
 * Bounds the time of bodies, instead of the server's own limit for whole requests: an upload takes as long as it
 * needs, as long as it goes on. A request that is answered before all of it has come is cut off soon after.
 */
export const bodyTime: RequestHandler = (request, response, next) => {
  if (hasBody(request)) {
    const { socket } = request;
    let cut = takesBytes(request) ? undefined : setTimeout(() => socket.destroy(), JSON_MS);
    socket.setTimeout(STILL_MS);
    request.once('close', () => {
      clearTimeout(cut);
      // Afterwards, the time that a connection may be idle is the server's matter again.
      if (!response.writableFinished) socket.setTimeout(0);
    });
    response.once('finish', () => {
      if (request.complete) return;
      clearTimeout(cut);
      cut = setTimeout(() => socket.destroy(), LINGER_MS);
    });
  }
  next();
};
