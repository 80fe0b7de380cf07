import { StepParams } from './explanation.js';
import { MapItemList, MapItemListQuery } from './map-items.js';
import type { OperationSpec } from './operation-spec.js';

/** What maps do for each item of a list. */
export const mapItemOperations = {
  listMapItems: {
    method: 'get',
    path: '/v1/runs/{id}/steps/{stepId}/items',
    tag: 'runs',
    access: 'viewer',
    summary: 'List the items of a map, in the order of its list',
    params: StepParams,
    query: MapItemListQuery,
    answers: {
      200: { description: 'One page; of a map that has not begun, an empty one.', schema: MapItemList },
    },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'NOT_FOUND', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
} as const satisfies Record<string, OperationSpec>;
