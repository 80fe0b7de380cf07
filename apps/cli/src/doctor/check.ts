/** What the doctor looked at, and what to do about it. */
export interface Check {
  readonly name: 'node' | 'api' | 'database' | 'temporal' | 'store' | 'workers' | 'skills' | 'disk';
  /** `warning` is worth a look, `failed` keeps runs from going on; `unknown` could not be looked at. */
  readonly status: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was found. */
  readonly found: string;
  /** What to do next; absent where all is well. */
  readonly next?: string;
}
