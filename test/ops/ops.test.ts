// The files of ops/: that they are what Prometheus and Grafana read, and that the docs have every alert. Whether the
// metrics are there that they name: test/e2e/telemetry.test.ts, of programs that run.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { alertRules, expressions, opsFile, panels } from '../support/ops-files.js';
import { askedBy } from '../support/promql.js';

const page = readFileSync(new URL('../../../docs/what-to-watch.md', import.meta.url), 'utf8');

test('every expression is PromQL that asks for something', () => {
  expect(expressions().length).toBeGreaterThan(50);
  for (const { at, expr } of expressions()) expect([at, askedBy(expr).length > 0]).toEqual([at, true]);
  expect(() => askedBy('sum(rate(cairn_runs[5m])')).toThrow('no PromQL');
});

test('every alert says how bad it is and what it is about, and the docs say what to do', () => {
  const names = alertRules().map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  for (const { alert, labels, annotations } of alertRules()) {
    expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|info)$/)]);
    expect([alert, annotations.summary.length > 10]).toEqual([alert, true]);
  }
  const described = [...page.matchAll(/^\| `(Cairn\w+)`/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual([...names].sort());
});

test('every panel has a title of its own and at least one expression', () => {
  const titles = panels().map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const { title, targets = [] } of panels()) expect([title, targets.length > 0]).toEqual([title, true]);
});

test('Prometheus reads the alerts, and scrapes the jobs that they name', () => {
  const config = parse(opsFile('prometheus/prometheus.yml')) as {
    rule_files: string[];
    scrape_configs: { job_name: string }[];
  };
  expect(config.rule_files).toEqual(['alerts.yml']);
  const jobs = config.scrape_configs.map(({ job_name: name }) => name);
  const named = expressions().flatMap(({ expr }) =>
    [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job),
  );
  expect(jobs).toEqual(expect.arrayContaining(named));
});
