import { expect, test } from '@jest/globals';
import { plotOf } from './plot.js';
import type { Measure, Sample } from './sampling.js';
import { tableOf, trendsOf } from './verdict.js';

/** An hour of one measure, every ten seconds, with a saw's teeth as garbage collections make them. */
function hourOf(part: string, measure: Measure, own: boolean, valueAt: (minute: number) => number): Sample[] {
  return Array.from({ length: 361 }, (_, index) => {
    const teeth = index % 7;
    return { seconds: index * 10, part, own, measure, value: valueAt(index / 6) + teeth };
  });
}

test('what fills up first and then stays is flat; what goes on rising is not', () => {
  const samples = [
    ...hourOf('fills up', 'memory', true, minute => 200 + Math.min(minute, 20) * 5),
    ...hourOf('leaks', 'memory', true, minute => 200 + minute),
    ...hourOf('leaks', 'handles', true, minute => 40 + minute / 10),
    ...hourOf('a server', 'memory', false, minute => 200 + minute),
  ];
  const trends = trendsOf(samples);
  expect(trends.map(({ part, measure, flat }) => `${part} ${measure} ${flat}`)).toEqual([
    'fills up memory true',
    'leaks memory false',
    'leaks handles false',
    'a server memory true',
  ]);
  const [fills, leaks] = trends;
  expect(fills!.rise).toBeCloseTo(0, 0);
  expect(leaks!.rise).toBeCloseTo(30, 0);
  expect(leaks!.bound).toBeCloseTo(leaks!.median / 20);
  expect(tableOf(trends).match(/RISES/g)).toHaveLength(2);
});

test('the plot has a line for each part that is measured', () => {
  const samples = [
    ...hourOf('api 1', 'memory', true, () => 200),
    ...hourOf('worker 1', 'memory', true, () => 300),
    ...hourOf('api 1', 'handles', true, () => 30),
  ];
  const svg = plotOf(samples, 'a title');
  expect(svg.match(/<polyline/g)).toHaveLength(3);
  expect(svg).toContain('worker 1: 303');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
