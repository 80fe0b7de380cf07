/** An artifact as a cache entry keeps it: all that is needed to make its row again. */
export interface OutputArtifact {
  /** The output field that holds it, e.g. `video` or `effects.spin`. */
  readonly name: string;
  readonly type: string;
  readonly digest: string;
  readonly size: number;
  readonly filename?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}
/** What a step gave: its small JSON output, and its artifacts. */
export interface StepOutputs {
  readonly output: unknown;
  readonly artifacts: readonly OutputArtifact[];
}
