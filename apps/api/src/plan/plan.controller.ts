import type { http } from '@cairn/dto';
import { explainStep, planRun, type PlanParts } from '@cairn/engine';
import { Controller, Inject } from '@nestjs/common';
import { PLANNING } from '../app/tokens.js';
import { Input, Tenant } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';

/** What would a run do, and why did a step do what it did. */
@Controller()
export class PlanController {
  constructor(@Inject(PLANNING) private readonly parts: PlanParts) {}

  @Operation('planRun')
  plan(@Tenant() tenantId: string, @Input() { body }: InputOf<'planRun'>): Promise<http.Plan> {
    return planRun(this.parts, tenantId, body);
  }

  @Operation('explainStep')
  explain(
    @Tenant() tenantId: string,
    @Input() { params, query }: InputOf<'explainStep'>,
  ): Promise<http.StepExplanation> {
    return explainStep(this.parts, tenantId, { runId: params.id, stepId: params.stepId, ...query });
  }
}
