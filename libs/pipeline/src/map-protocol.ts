import type { MapNode } from './graph.js';
import type { RunRef, RunSetting, SettledStep } from './protocol.js';

/** A map of a run. */
export interface MapRef extends RunRef {
  readonly mapStepId: string;
}

/** Temporal's workflow type of what walks the items of a map. */
export const MAP_WORKFLOW = 'cairn.map';

/** What the workflow of a map begins with, or goes on with: it continues as new when its history has grown long. */
export interface MapRun extends MapRef {
  /** Items up to this place in the list have ended. */
  readonly after: number;
}

/** How many items of a map have ended, and how. */
export interface ItemCounts {
  readonly total: number;
  /** Ended well, from the cache or not. */
  readonly done: number;
  /** Of those, items for which nothing was executed. */
  readonly cached: number;
  readonly failed: number;
}

/** A map as its workflow takes it up. */
export interface OpenedMap extends RunSetting {
  readonly kind: 'open';
  readonly node: MapNode;
  /** Of the map in its graph, from 0. */
  readonly position: number;
  /** As far as it is read for items. */
  readonly trigger: unknown;
  /** The ends of nodes outside that are read for items. */
  readonly outer: Readonly<Record<string, SettledStep>>;
  readonly counts: ItemCounts;
}

/** An item for which something has to be executed. */
export interface OpenItem {
  /** In the list, from 0. */
  readonly position: number;
  readonly key: string;
  readonly value: unknown;
  /** Ends of nodes of the body, by their ids there. */
  readonly settled: Readonly<Record<string, SettledStep>>;
  /** Steps that were looked up a moment ago, and are not in the cache. */
  readonly misses: readonly string[];
}

export interface TakeItems extends MapRef {
  /** Of the map: whom to wake. */
  readonly workflowId: string;
  /** From the item after this place in the list on. */
  readonly after: number;
  /** How many open items are wanted; fewer come when the time is up or there are no more. */
  readonly wanted: number;
  /** Places of items whose steps have all ended since the last time. */
  readonly ended: readonly number[];
}

export interface TakenItems {
  readonly items: readonly OpenItem[];
  /** The place in the list up to which items were looked at. */
  readonly upTo: number;
  readonly counts: ItemCounts;
}
