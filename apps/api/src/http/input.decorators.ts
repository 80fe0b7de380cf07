import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller as CallerOf } from '../auth/caller.js';
import type { ApiRequest } from './request.js';

/** The checked input: an `InputOf<operation>`. */
export const Input = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ApiRequest>().input,
);

/** On whose behalf the request is made. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerOf => {
  const { caller } = context.switchToHttp().getRequest<ApiRequest>();
  if (caller === undefined) throw new Error('nobody has said whose request this is');
  return caller;
});

/** The tenant on whose behalf the request is made. */
export const Tenant = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { tenantId } = context.switchToHttp().getRequest<ApiRequest>();
  if (tenantId === undefined) throw new Error('the request is of no tenant');
  return tenantId;
});
