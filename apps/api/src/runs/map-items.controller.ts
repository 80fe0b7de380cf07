import { repositories, type DataSource, type MapItem } from '@cairn/dao';
import { ValidationError, type http } from '@cairn/dto';
import { Controller, Inject } from '@nestjs/common';
import { DATA_SOURCE } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';
import { given } from './run-view.js';

@Controller()
export class MapItemsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Operation('listMapItems')
  async list(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'listMapItems'>,
  ): Promise<http.MapItemList> {
    const { steps, mapItems } = repositories(this.dataSource);
    const step = await steps.getStep(tenantId, params.id, params.stepId);
    if (step?.kind !== 'map') throw new NotFoundError('map');
    const map = { tenantId, runId: params.id, mapStepId: params.stepId };
    const limit = query.limit!;
    const rows = await mapItems.listItems(map, {
      after: query.cursor === undefined ? -1 : readPlace(query.cursor),
      limit: limit + 1,
      ...(query.status && { status: query.status }),
    });
    const items = rows.slice(0, limit);
    return {
      items: items.map(itemView),
      ...(rows.length > limit && { nextCursor: writePlace(items.at(-1)!.position) }),
    };
  }
}

const writePlace = (position: number) => Buffer.from(`item ${position}`).toString('base64url');

/** @throws ValidationError when it is not one that was given out. */
function readPlace(cursor: string): number {
  const position = Number(/^item (\d{1,6})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]);
  if (writePlace(position) === cursor) return position;
  throw new ValidationError(
    [{ path: '/cursor', code: 'VALIDATION_ERROR', message: 'is not the nextCursor of a page' }],
    'The request',
  );
}

function itemView(item: MapItem): http.MapItem {
  const { position, key, status, fromCache, output, error, errorCode, completedAt } = item;
  return {
    position,
    key,
    status,
    cached: fromCache,
    ...given({ output, error, errorCode, completedAt: completedAt?.toISOString() }),
  };
}
