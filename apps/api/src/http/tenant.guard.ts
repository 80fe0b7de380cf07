import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ApiRequest } from './request.js';

/** The tenant of an installation on one machine. */
export const LOCAL_TENANT = 'local';

/** The one place that says whose request it is. On one machine there is one tenant. */
export class TenantGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<ApiRequest>().tenantId = LOCAL_TENANT;
    return true;
  }
}
