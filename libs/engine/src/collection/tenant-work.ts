import type { Engine } from '../engine.js';

/** What the care of the store stands on. */
export type StoreParts = Pick<Engine, 'dataSource' | 'store' | 'log'>;

/** How much is done in one transaction, so that none holds its locks for long. */
export interface CollectionLimits {
  readonly runs: number;
  readonly entries: number;
  readonly events: number;
  /** Files whose rows are looked for at once. */
  readonly files: number;
  /** Blobs for which is looked at once whether anything names them. */
  readonly marks: number;
  /** Blobs whose rows are held while they are removed. */
  readonly blobs: number;
}

/** A collection of one tenant's. */
export interface TenantWork {
  readonly tenantId: string;
  /** What was touched, expired or left more recently than this stays. Milliseconds. */
  readonly graceMs: number;
  readonly limits: CollectionLimits;
  readonly signal: AbortSignal | undefined;
}
