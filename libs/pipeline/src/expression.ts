/**
 * What a definition is made of: an expression over literals and references, in JSON. A graph of them is stored by
 * digest and pinned to each run, so their form is part of the records: extend it, never change a meaning.
 */
export type Expr =
  | { readonly $: 'lit'; readonly value: unknown }
  | { readonly $: 'obj'; readonly of: Readonly<Record<string, Expr>> }
  | { readonly $: 'arr'; readonly of: readonly Expr[] }
  | RefExpr
  | { readonly $: 'op'; readonly op: Operator; readonly args: readonly Expr[] };

/** A field of a step's output. The pseudo-steps `$trigger` and `$run` hold what the run was started with. */
export interface RefExpr {
  readonly $: 'ref';
  readonly step: string;
  readonly path: readonly string[];
}

export const OPERATORS = [
  'present',
  'eq',
  'firstOf',
  'merge',
  'pick',
  'pluck',
  'get',
  'text',
  'unkeyed',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** Every reference in an expression, in order of appearance. */
export function references(expr: Expr): readonly RefExpr[] {
  switch (expr.$) {
    case 'lit':
      return [];
    case 'ref':
      return [expr];
    case 'obj':
      return Object.values(expr.of).flatMap(references);
    case 'arr':
      return expr.of.flatMap(references);
    case 'op':
      return expr.args.flatMap(references);
  }
}

/** Each `unkeyed()` in an expression, as the references that it hides from the key. */
export function unkeyedReferences(expr: Expr): readonly RefExpr[] {
  switch (expr.$) {
    case 'lit':
    case 'ref':
      return [];
    case 'obj':
      return Object.values(expr.of).flatMap(unkeyedReferences);
    case 'arr':
      return expr.of.flatMap(unkeyedReferences);
    case 'op':
      return expr.op === 'unkeyed' ? references(expr) : expr.args.flatMap(unkeyedReferences);
  }
}
