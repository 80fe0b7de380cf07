export type {
  Builder,
  Collected,
  GateOptions,
  MapOptions,
  NodeOptions,
  RunFacts,
  StepOptions,
  Verdict,
} from './builder.js';
export {
  defineWorkflow,
  type AnyWorkflow,
  type TriggerRules,
  type TriggerServices,
  type Workflow,
  type WorkflowHead,
} from './define-workflow.js';
export { UNKNOWN, evaluate, openReferences, type Environment } from './evaluate.js';
export { references, unkeyedReferences, type Expr, type Operator, type RefExpr } from './expression.js';
export {
  ITEM_KEY,
  MOST_ITEMS,
  MOST_PARALLEL,
  POLICY_DEFAULTS,
  allNodes,
  allReferences,
  delivers,
  dependencies,
  itemStep,
  itemStepId,
  skillSteps,
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
export { joinPatches, mergePatch } from './merge-patch.js';
export { eq, firstOf, merge, pick, pluck, present, text, unkeyed } from './operators.js';
export { ReferenceMisuse, type In, type Plain, type Ref } from './reference.js';
export type * from './map-protocol.js';
export { MAP_WORKFLOW } from './map-protocol.js';
export type * from './protocol.js';
export type * from './schedule-protocol.js';
export type * from './shape-protocol.js';
export { TURN, WAKE_SIGNAL } from './protocol.js';
export { stepRequest, type RequestContext } from './step-request.js';
export { Walk, walkOfItem, walkOfRun, type Progress } from './walk.js';
