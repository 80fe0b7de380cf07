import { asActor } from '@cairn/dao';
import type { RequestHandler } from 'express';
import type { ApiRequest } from '../http/request.js';
import { actorOf } from './caller.js';

/** Has events of what a request does name its caller. It stands after what reads the body. */
export const asCaller: RequestHandler = (request, _response, next) => {
  const { caller } = request as unknown as ApiRequest;
  if (caller) asActor(actorOf(caller), () => next());
  else next();
};
