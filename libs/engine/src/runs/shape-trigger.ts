import type { JsonObject } from '@cairn/dao';
import { compile, cutTo, ValidationError, withDefaults } from '@cairn/dto';
import type { AnyWorkflow, TriggerServices } from '@cairn/pipeline';
import { refuseWhatIsNotJson } from './complete-trigger.js';

/**
 * A trigger that a graph gives: cut to the workflow's schema, as a skill's input is, defaults filled in, checked by
 * schema and rules. Files stand in it as references.
 *
 * @throws ValidationError with JSON Pointers into the trigger
 */
export function shapeTrigger(
  triggerServices: TriggerServices,
  workflow: AnyWorkflow,
  given: unknown,
  subject: string,
): JsonObject {
  refuseWhatIsNotJson(workflow, given);
  const shaped = withDefaults(workflow.trigger, cutTo(workflow.trigger, given));
  const trigger = compile(workflow.trigger).parse(shaped, subject) as JsonObject;
  const issues = workflow.rules(trigger as never, triggerServices);
  if (issues.length > 0) throw new ValidationError(issues, subject);
  return trigger;
}
