import { Type, type Static } from 'typebox';
import { closed, oneOf } from '../types/scalars.js';
import { AnyJson, Instant, PageQuery, page } from './scalars.js';

/** How many items a map has, and how they stand. */
export const MapItemCounts = closed(
  {
    total: Type.Integer({ minimum: 0 }),
    done: Type.Integer({ minimum: 0 }),
    cached: Type.Integer({
      minimum: 0,
      description: 'Of those done, items for which nothing was executed.',
    }),
    failed: Type.Integer({ minimum: 0 }),
  },
  { title: 'MapItemCounts' },
);
export type MapItemCounts = Static<typeof MapItemCounts>;

export const MapItemStatus = oneOf('pending', 'done', 'failed');

/** An item of a map. */
export const MapItem = closed(
  {
    position: Type.Integer({ minimum: 0, description: 'In the list, from 0.' }),
    key: Type.String({ description: 'Its name; what is done for it are steps named `map[key].step`.' }),
    status: MapItemStatus,
    cached: Type.Boolean({ description: 'Nothing was executed for it.' }),
    output: Type.Optional(AnyJson),
    error: Type.Optional(Type.String()),
    errorCode: Type.Optional(Type.String()),
    completedAt: Type.Optional(Instant),
  },
  { title: 'MapItem' },
);
export type MapItem = Static<typeof MapItem>;
export const MapItemList = page('MapItemList', MapItem);
export type MapItemList = Static<typeof MapItemList>;

export const MapItemListQuery = closed({ ...PageQuery, status: Type.Optional(MapItemStatus) });
