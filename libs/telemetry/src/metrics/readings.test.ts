import { expect, test } from '@jest/globals';
import { addReadings, type Readings } from './readings.js';
import { newRegistry } from './registry.js';

const gauges = [
  { name: 'cairn_one', help: 'A number.' },
  { name: 'cairn_many', help: 'A number for each.', label: 'of' },
];

async function scrape(registry: ReturnType<typeof newRegistry>): Promise<readonly string[]> {
  const text = await registry.metrics();
  return text.split('\n').filter(line => /^cairn_(one|many|readings)/.test(line));
}

function reading(read: () => Promise<Readings>, settings: { keepMs?: number; timeoutMs?: number } = {}) {
  const registry = newRegistry({ name: 'test', version: '1.0.0' });
  addReadings(registry, { source: 'somewhere', gauges, read, ...settings });
  return registry;
}

test('all who ask within a few seconds are served by one answer', async () => {
  let reads = 0;
  const registry = reading(async () => {
    reads += 1;
    return { cairn_one: reads, cairn_many: { a: 2, b: 3 } };
  });
  const all = await Promise.all([scrape(registry), scrape(registry)]);
  expect(all[0]).toEqual([
    'cairn_readings_failed_total{source="somewhere"} 0',
    'cairn_one 1',
    'cairn_many{of="a"} 2',
    'cairn_many{of="b"} 3',
  ]);
  expect(await scrape(registry)).toEqual(all[0]);
  expect(reads).toBe(1);
});

test.each<[string, () => Promise<Readings>]>([
  ['fails', () => Promise.reject(new Error('away'))],
  ['does not answer in time', () => new Promise(() => undefined)],
])('where the source %s nothing is said but that', async (_what, failing) => {
  let away = false;
  const answer = () => (away ? failing() : Promise.resolve({ cairn_one: 1, cairn_many: { a: 1 } }));
  const registry = reading(answer, { keepMs: -1, timeoutMs: 20 });
  expect(await scrape(registry)).toContain('cairn_one 1');
  away = true;
  // Told from the next time on.
  expect(await scrape(registry)).toEqual(['cairn_readings_failed_total{source="somewhere"} 0']);
  away = false;
  const [failed, ...values] = await scrape(registry);
  expect(values).toEqual(['cairn_one 1', 'cairn_many{of="a"} 1']);
  // Once for each gauge, as nothing is kept here.
  expect(failed).toBe('cairn_readings_failed_total{source="somewhere"} 2');
});
