import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Where what becomes of steps is counted; skills are those of the catalog. */
export interface StepMetrics {
  executing(skill: string, by: 1 | -1): void;
  executed(skill: string, milliseconds: number): void;
  reused(skill: string, how: 'hit' | 'adopted', savedMs: number): void;
  missed(skill: string): void;
  attemptFailed(skill: string): void;
}

/** Counts steps as they are executed and taken from the cache, those of maps' items too. */
export function stepMetrics(registry: Registry): StepMetrics {
  const registers = [registry];
  const labelNames = ['skill'] as const;
  const executing = new Gauge({
    name: 'cairn_steps_executing',
    help: 'Steps whose skill runs in this process.',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'cairn_step_execution_seconds',
    help: 'How long skills took that gave a result, their storing included.',
    labelNames,
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200],
    registers,
  });
  const results = new Counter({
    name: 'cairn_step_results_total',
    help: 'Results of steps: executed here, hits of the cache, adopted from an execution that they waited for.',
    labelNames: ['skill', 'how'],
    registers,
  });
  const saved = new Counter({
    name: 'cairn_cache_saved_seconds_total',
    help: 'How long the executions took whose results were used again.',
    labelNames,
    registers,
  });
  const misses = new Counter({
    name: 'cairn_cache_misses_total',
    help: 'Steps that were executed as the cache had no result for them.',
    labelNames,
    registers,
  });
  const failures = new Counter({
    name: 'cairn_step_attempts_failed_total',
    help: 'Attempts at steps that failed, whether or not there was another.',
    labelNames,
    registers,
  });
  return {
    executing: (skill, by) => executing.labels(skill).inc(by),
    executed: (skill, milliseconds) => {
      durations.labels(skill).observe(milliseconds / 1_000);
      results.labels(skill, 'executed').inc();
    },
    reused: (skill, how, savedMs) => {
      results.labels(skill, how).inc();
      saved.labels(skill).inc(savedMs / 1_000);
    },
    missed: skill => misses.labels(skill).inc(),
    attemptFailed: skill => failures.labels(skill).inc(),
  };
}
