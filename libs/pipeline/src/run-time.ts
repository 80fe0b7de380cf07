/**
 * The half of this library that walks a finished graph, without the half that defines one: what Temporal's
 * sandbox bundles.
 */
export { UNKNOWN, evaluate, openReferences, type Environment } from './evaluate.js';
export { references, type Expr, type RefExpr } from './expression.js';
export {
  POLICY_DEFAULTS,
  dependencies,
  unkeyedFields,
  type Graph,
  type StepNode,
  type StepPolicy,
} from './graph.js';
export type * from './protocol.js';
export { WAKE_SIGNAL } from './protocol.js';
export { Walk, type Progress } from './walk.js';
