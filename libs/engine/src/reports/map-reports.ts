import { repositories, type DataSource, type MapItemCounts, type MapOfRun, type NewEvent } from '@cairn/dao';

/** How often a map's progress is told at most. Milliseconds. */
const EVERY_MS = 1_000;

interface Moved {
  readonly map: MapOfRun;
  readonly counts?: MapItemCounts;
  readonly toldAt: number;
  readonly isDue: boolean;
}

/** Maps whose items end here, and what was told of them last. */
export class MapReports {
  private readonly maps = new Map<string, Moved>();

  constructor(private readonly dataSource: DataSource) {}

  /** Whether there is something left to tell. */
  get areDue(): boolean {
    return [...this.maps.values()].some(({ isDue }) => isDue);
  }

  /** Items of the map have ended. */
  moved(map: MapOfRun): void {
    const known = this.maps.get(keyOf(map));
    this.maps.set(keyOf(map), { map, toldAt: -Infinity, ...known, isDue: true });
  }

  /** What is to be told now: of each map about once in a second. @param now `performance.now()` */
  async take(now: number): Promise<NewEvent[]> {
    const due = [...this.maps].filter(([, { isDue, toldAt }]) => isDue && now - toldAt >= EVERY_MS);
    const told: NewEvent[] = [];
    for (const [key, { map, counts: before }] of due) {
      const counts = await this.count(map);
      if (JSON.stringify(counts) !== JSON.stringify(before)) told.push(progressOf(map, counts));
      this.maps.set(key, { map, counts, toldAt: now, isDue: false });
    }
    this.forgetIdle(now);
    return told;
  }

  /** The last that is told of a map: nothing more of it is, here. */
  async end(map: MapOfRun): Promise<NewEvent[]> {
    const before = this.maps.get(keyOf(map))?.counts;
    this.maps.delete(keyOf(map));
    const counts = await this.count(map);
    return JSON.stringify(counts) === JSON.stringify(before) ? [] : [progressOf(map, counts)];
  }

  private count(map: MapOfRun): Promise<MapItemCounts> {
    return repositories(this.dataSource).mapItems.count(map);
  }

  /** A map may end elsewhere, or never. */
  private forgetIdle(now: number): void {
    for (const [key, { isDue, toldAt }] of this.maps)
      if (!isDue && now - toldAt > 60 * EVERY_MS) this.maps.delete(key);
  }
}

const keyOf = ({ runId, mapStepId }: MapOfRun) => `${runId}/${mapStepId}`;

/** How the items of a map stand. */
export function progressOf(
  { tenantId, runId, mapStepId }: MapOfRun,
  { total, done, cached, failed }: MapItemCounts,
): NewEvent {
  return {
    ...{ tenantId, runId, stepId: mapStepId },
    type: 'map.progress',
    data: { total, done, cached, failed },
  };
}
