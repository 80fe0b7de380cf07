import { Counter, Gauge, type Registry } from 'prom-client';

/** A gauge that is read elsewhere when somebody asks. */
export interface ReadGauge {
  readonly name: string;
  readonly help: string;
  /** The name of its one label; absent for a single number. */
  readonly label?: string;
}

/** What was read: a number, or one for each value of the label. By the gauges' names. */
export type Readings = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

export interface ReadingSettings {
  /** What is asked, e.g. `database`. */
  readonly source: string;
  readonly gauges: readonly ReadGauge[];
  readonly read: () => Promise<Readings>;
  /** For how long an answer serves all who ask. Milliseconds. */
  readonly keepMs?: number;
  /** How long an answer is waited for. Milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Adds gauges that are read when metrics are asked for: once for all of them and for all who ask within a few seconds.
 * Where the source does not answer in time the gauges have no value, and that is counted.
 */
export function addReadings(registry: Registry, settings: ReadingSettings): void {
  const { source, gauges, read, keepMs = 5_000, timeoutMs = 2_000 } = settings;
  const failures =
    (registry.getSingleMetric('cairn_readings_failed_total') as Counter<'source'> | undefined) ??
    new Counter({
      name: 'cairn_readings_failed_total',
      help: 'How often a source of metrics did not answer in time.',
      labelNames: ['source'],
      registers: [registry],
    });
  failures.labels(source).inc(0);
  let latest: { readonly at: number; readonly readings: Promise<Readings> } | undefined;
  const current = (): Promise<Readings> => {
    if (!latest || performance.now() - latest.at > keepMs) {
      const readings = inTime(read, timeoutMs).catch(() => {
        failures.labels(source).inc();
        return {};
      });
      latest = { at: performance.now(), readings };
    }
    return latest.readings;
  };
  for (const { name, help, label } of gauges)
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      async collect() {
        const value = (await current())[name];
        this.reset();
        if (label === undefined) {
          if (typeof value === 'number') this.set(value);
          else this.remove();
        } else if (typeof value === 'object')
          for (const [of, number] of Object.entries(value)) this.set({ [label]: of }, number);
      },
    });
}

async function inTime<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
