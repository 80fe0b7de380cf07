import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiRequest } from './request.js';

/** The checked input: an `InputOf<operation>`. */
export const Input = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<ApiRequest>().input,
);

/** The tenant on whose behalf the request is made. */
export const Tenant = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { tenantId } = context.switchToHttp().getRequest<ApiRequest>();
  if (tenantId === undefined) throw new Error('the tenant guard did not run');
  return tenantId;
});
