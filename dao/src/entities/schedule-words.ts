/** What becomes of a firing while a run of an earlier one is under way. */
export const OVERLAPS = [
  'skip',
  'buffer_one',
  'buffer_all',
  'allow_all',
  'cancel_other',
  'terminate_other',
] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** What came of a firing: `pending` until that is known. */
export const FIRING_OUTCOMES = ['pending', 'ran', 'skipped', 'missed', 'paused'] as const;
export type FiringOutcome = (typeof FIRING_OUTCOMES)[number];

/** Why a firing is there: it was due by the clock, or somebody has asked for a time anew. */
export const FIRING_ORIGINS = ['clock', 'backfill'] as const;
export type FiringOrigin = (typeof FIRING_ORIGINS)[number];
