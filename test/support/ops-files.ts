import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const OPS = fileURLToPath(new URL('../../../ops/', import.meta.url));
export const opsFile = (path: string): string => readFileSync(join(OPS, path), 'utf8');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

export const alertRules = (): readonly AlertRule[] =>
  (parse(opsFile('prometheus/alerts.yml')) as { groups: { rules: AlertRule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}
export const panels = (): readonly Panel[] =>
  (JSON.parse(opsFile('grafana/dashboards/cairn.json')) as { panels: Panel[] }).panels.filter(
    ({ type }) => type !== 'row',
  );

/** Every expression, and where it stands. */
export const expressions = (): readonly { readonly at: string; readonly expr: string }[] => [
  ...alertRules().map(({ alert, expr }) => ({ at: alert, expr })),
  ...panels().flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ at: title, expr }))),
];
