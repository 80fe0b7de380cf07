export {
  defineWorkflow,
  type AnyWorkflow,
  type Builder,
  type RunFacts,
  type StepOptions,
  type TriggerRules,
  type TriggerServices,
  type Workflow,
  type WorkflowHead,
} from './define-workflow.js';
export { UNKNOWN, evaluate, openReferences, type Environment } from './evaluate.js';
export { references, unkeyedReferences, type Expr, type Operator, type RefExpr } from './expression.js';
export {
  POLICY_DEFAULTS,
  dependencies,
  unkeyedFields,
  type Graph,
  type StepNode,
  type StepPolicy,
} from './graph.js';
export { joinPatches, mergePatch } from './merge-patch.js';
export { eq, firstOf, merge, pick, pluck, present, text, unkeyed } from './operators.js';
export { ReferenceMisuse, type In, type Plain, type Ref } from './reference.js';
export type * from './protocol.js';
export { WAKE_SIGNAL } from './protocol.js';
export { Walk, type Progress } from './walk.js';
