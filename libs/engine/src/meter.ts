/** Where the engine counts what becomes of steps, those of maps' items too. */
export interface Meter {
  /** A skill begins to run, or has ended. */
  executing(skillId: string, by: 1 | -1): void;
  /** A skill has given a result, and that is recorded. */
  executed(skillId: string, durationMs: number): void;
  /**
   * A result is used again.
   * @param how out of the cache, or adopted from an execution that the step has waited for
   * @param savedMs how long that had taken to make
   */
  reused(skillId: string, how: 'hit' | 'adopted', savedMs: number): void;
  /** A step is executed as the cache has no result for it. */
  missed(skillId: string): void;
  /** An attempt has failed, whether or not there is another. */
  attemptFailed(skillId: string): void;
}
