import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression asks for, with the labels by which it chooses. */
export interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What a PromQL expression asks for. @throws Error where it is no PromQL */
export function askedBy(expression: string): readonly Asked[] {
  const asked: Asked[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      if (type.name !== 'VectorSelector') return;
      const labels: string[] = [];
      node.cursor().iterate(inner => {
        if (inner.type.name === 'LabelName') labels.push(expression.slice(inner.from, inner.to));
      });
      const [metric = ''] = /^[a-zA-Z_:][\w:]*/.exec(expression.slice(from, to)) ?? [];
      asked.push({ metric, labels });
    },
  });
  return asked;
}
