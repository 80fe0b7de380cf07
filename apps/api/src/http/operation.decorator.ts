import { http } from '@cairn/dto';
import {
  applyDecorators,
  Delete,
  Get,
  HttpCode,
  Post,
  Put,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { InputInterceptor } from './input.interceptor.js';
import { routePath } from './routes.js';

const ROUTES = { get: Get, post: Post, put: Put, delete: Delete } as const;

/** Under this a handler keeps which operation it serves. */
export const OPERATION = 'cairn:operation';

/** Makes a method serve an operation of the table: its route, its usual status, the validation of its input. */
export function Operation(id: http.OperationId): MethodDecorator {
  const spec: http.OperationSpec = http.operations[id];
  const path = routePath(spec.path);
  return applyDecorators(
    ROUTES[spec.method](path),
    SetMetadata(OPERATION, id),
    HttpCode(Math.min(...Object.keys(spec.answers).map(Number))),
    UseInterceptors(new InputInterceptor(spec)),
  );
}
