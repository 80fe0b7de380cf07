/** What a crowd of writers is to do; the program gets it as its first argument, as JSON. */
export interface CrowdPlan {
  readonly databaseUrl: string;
  /** Each has a connection of its own. */
  readonly writers: number;
  /** How many events are committed altogether. */
  readonly events: number;
  readonly seed: number;
  /** Whether transactions take their time and some are rolled back; or each goes as fast as it can. */
  readonly mixed: boolean;
}

/** What it says when it is done. */
export interface CrowdResult {
  /** Of each writer: how many events it has committed, numbered from 1. */
  readonly committed: readonly number[];
  readonly rolledBack: number;
  /** From the first to the last commit. */
  readonly milliseconds: number;
}

/** Whose events they are. */
export const TENANT = 'local';
