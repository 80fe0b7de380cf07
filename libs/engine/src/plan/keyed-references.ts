import type { Expr, RefExpr } from '@cairn/pipeline';

/** The references in an expression that its key hangs on: those inside `unkeyed()` are not among them. */
export function keyedReferences(expr: Expr): readonly RefExpr[] {
  switch (expr.$) {
    case 'lit':
      return [];
    case 'ref':
      return [expr];
    case 'obj':
      return Object.values(expr.of).flatMap(keyedReferences);
    case 'arr':
      return expr.of.flatMap(keyedReferences);
    case 'op':
      return expr.op === 'unkeyed' ? [] : expr.args.flatMap(keyedReferences);
  }
}
