import type { http } from '@cairn/dto';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { readInput } from './read-input.js';
import type { ApiRequest } from './request.js';

/** Checks a request against its operation before the handler sees it. */
export class InputInterceptor implements NestInterceptor {
  constructor(private readonly spec: http.OperationSpec) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    request.input = readInput(this.spec, request);
    return next.handle();
  }
}
