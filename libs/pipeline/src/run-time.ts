/**
 * The half of this library that walks a finished graph, without the half that defines one: what Temporal's
 * sandbox bundles.
 */
export { UNKNOWN, evaluate, openReferences, type Environment } from './evaluate.js';
export { references, type Expr, type RefExpr } from './expression.js';
export {
  MOST_PARALLEL,
  POLICY_DEFAULTS,
  delivers,
  dependencies,
  itemStepId,
  unkeyedFields,
  type BodyNode,
  type ChildNode,
  type GateNode,
  type Graph,
  type GraphNode,
  type MapNode,
  type StepNode,
  type StepPolicy,
} from './graph.js';
export type * from './map-protocol.js';
export { MAP_WORKFLOW } from './map-protocol.js';
export type * from './protocol.js';
export type * from './schedule-protocol.js';
export type * from './shape-protocol.js';
export { TURN, WAKE_SIGNAL } from './protocol.js';
export { stepRequest, type RequestContext } from './step-request.js';
export { Walk, walkOfItem, walkOfRun, type Progress } from './walk.js';
