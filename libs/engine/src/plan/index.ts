export { planInDetail, planRun, type DetailedPlan } from './plan-run.js';
export type { NodePlan } from './node-plan.js';
export type { PlanParts } from './plan-context.js';
