import { http } from '@cairn/dto';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiError } from '../http/api-error.js';
import { OPERATION } from '../http/operation.decorator.js';
import type { ApiRequest } from '../http/request.js';
import { unauthenticated } from './authority.js';
import { mayAsk, type Caller } from './caller.js';

/**
 * Lets a request through to its handler if its caller may do what the handler does. It goes by the handler that was
 * found, not by the path, and refuses handlers that are no operation of the table.
 */
export class AccessGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    const id = this.reflector.get<http.OperationId | undefined>(OPERATION, context.getHandler());
    if (id === undefined) throw new Error('a handler without an operation was asked for');
    const { access } = http.operations[id];
    const { caller } = context.switchToHttp().getRequest<ApiRequest>();
    if (access === 'public') return true;
    if (!caller) throw unauthenticated();
    if (!mayAsk(caller, access)) throw new ApiError('FORBIDDEN', refusal(caller, access));
    return true;
  }
}

function refusal({ role }: Caller, access: http.Access): string {
  if (access === 'operator') return 'Only the operator of the installation may do this';
  if (role === 'operator') return 'The operator is of no tenant: use a key of the tenant that this is about';
  return `The key needs the role ${access}; it has ${role}`;
}
