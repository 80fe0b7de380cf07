import { MapItemCounts } from '../http/map-items.js';
import { eventType } from './event-type.js';

/** What becomes of the items of maps. */
export const mapEvents = {
  'map.progress': eventType(
    'How the items of a map stand: once its list is known, then about once in a second while items end, and when it has ended.',
    MapItemCounts.properties,
  ),
};
