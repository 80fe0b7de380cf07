import type { RemainKind } from '@cairn/dao';

/** How many, and how large together. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** What a collection removed, or, when dry, would remove. */
export interface CollectionFigures {
  /** Ended runs that the tenant no longer keeps. */
  readonly runs: number;
  /** Records of files that went with them. */
  readonly artifacts: number;
  /** Cache entries that were not used for as long as the tenant keeps them, and expired ones. */
  readonly entries: number;
  /** Events older than the tenant keeps them. */
  readonly events: number;
  /** Files that no row stood for. They have one now; those that nothing names count as blobs once the grace is over. */
  readonly unrecorded: Amount;
  /** Bytes that nothing needs. */
  readonly blobs: Amount;
  /** Rows that processes left behind. */
  readonly remains: Readonly<Record<RemainKind, number>>;
  /** Blobs that could not be removed; the log has the reasons. */
  readonly failed: number;
}

/** What a collection did for all whom it was for. */
export interface CollectionReport extends CollectionFigures {
  readonly dryRun: boolean;
  readonly graceMs: number;
  /** Incomplete files of writers that were killed, whosever they were. */
  readonly leftovers: Amount;
}

const NOTHING: Amount = { count: 0, bytes: 0 };

export const NO_FIGURES: CollectionFigures = {
  runs: 0,
  artifacts: 0,
  entries: 0,
  events: 0,
  unrecorded: NOTHING,
  blobs: NOTHING,
  remains: { leases: 0, waiters: 0, claims: 0, outcomes: 0 },
  failed: 0,
};

export const plus = (a: Amount, b: Amount): Amount => ({
  count: a.count + b.count,
  bytes: a.bytes + b.bytes,
});

/** The figures of two tenants together. */
export function addFigures(a: CollectionFigures, b: CollectionFigures): CollectionFigures {
  return {
    runs: a.runs + b.runs,
    artifacts: a.artifacts + b.artifacts,
    entries: a.entries + b.entries,
    events: a.events + b.events,
    unrecorded: plus(a.unrecorded, b.unrecorded),
    blobs: plus(a.blobs, b.blobs),
    remains: {
      leases: a.remains.leases + b.remains.leases,
      waiters: a.remains.waiters + b.remains.waiters,
      claims: a.remains.claims + b.remains.claims,
      outcomes: a.remains.outcomes + b.remains.outcomes,
    },
    failed: a.failed + b.failed,
  };
}

/** Whether there was nothing to do. */
export function isIdle({
  runs,
  artifacts,
  entries,
  events,
  unrecorded,
  blobs,
  remains,
  failed,
}: CollectionFigures): boolean {
  const counts = [
    runs,
    artifacts,
    entries,
    events,
    unrecorded.count,
    blobs.count,
    failed,
    ...Object.values(remains),
  ];
  return counts.every(count => count === 0);
}
