import { closed } from '../types/scalars.js';
import { ExplanationQuery, StepExplanation, StepParams } from './explanation.js';
import type { OperationSpec } from './operation-spec.js';
import { Plan, PlanRequest } from './plan.js';

/** What would a run do, and why did a step do what it did. */
export const planOperations = {
  planRun: {
    method: 'post',
    path: '/v1/runs/plan',
    tag: 'runs',
    access: 'viewer',
    summary: 'Say what a run would do',
    description:
      'Takes what starting a run takes, and executes and records nothing. Steps whose input hangs on what others will give are judged by what those gave before.',
    query: closed({}),
    body: PlanRequest,
    answers: { 200: { description: 'The plan, as things are now.', schema: Plan } },
    problems: [
      'VALIDATION_ERROR',
      'INVALID_JSON',
      'FORBIDDEN_HOST',
      'FORBIDDEN_ORIGIN',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INTERNAL',
      'DATABASE_UNAVAILABLE',
      'STORE_UNAVAILABLE',
    ],
  },
  explainStep: {
    method: 'get',
    path: '/v1/runs/{id}/steps/{stepId}/explanation',
    tag: 'runs',
    access: 'viewer',
    summary: 'Say why a step was executed, or was not',
    description:
      'What went into its result is compared with the nearest earlier execution of the skill, or with the same step of another run.',
    params: StepParams,
    query: ExplanationQuery,
    answers: { 200: { description: 'As things are now.', schema: StepExplanation } },
    problems: ['VALIDATION_ERROR', 'FORBIDDEN_HOST', 'NOT_FOUND', 'INTERNAL', 'DATABASE_UNAVAILABLE'],
  },
} as const satisfies Record<string, OperationSpec>;
