import { NotJsonError, keyInput } from '@cairn/canonical';
import type { JsonObject } from '@cairn/dao';
import { compile, ValidationError, withDefaults } from '@cairn/dto';
import type { AnyWorkflow, TriggerServices } from '@cairn/pipeline';
import { clientForm } from '../uploads/file-form.js';
import { resolveTriggerFiles, type FileSources, type TriggerFile } from '../uploads/trigger-files.js';

/** A trigger as a run keeps it. */
export interface CompleteTrigger {
  readonly trigger: JsonObject;
  /** The files that it names. */
  readonly files: readonly TriggerFile[];
}

const subjectOf = ({ name }: Pick<AnyWorkflow, 'name'>) => `The trigger of ${name}`;

/** @throws ValidationError when JSON cannot carry the trigger faithfully. */
export function refuseWhatIsNotJson(workflow: Pick<AnyWorkflow, 'name'>, trigger: unknown): void {
  try {
    keyInput(trigger);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    const issue = { path: error.path, code: 'VALIDATION_ERROR', message: error.rule };
    throw new ValidationError([issue], subjectOf(workflow));
  }
}

/**
 * Checks a trigger against the workflow's schema and rules, fills in defaults, and puts files where it names
 * artifacts.
 * @throws ValidationError with JSON Pointers into the trigger.
 */
export async function completeTrigger(
  sources: FileSources & { readonly triggerServices: TriggerServices },
  tenantId: string,
  workflow: AnyWorkflow,
  given: unknown,
): Promise<CompleteTrigger> {
  const subject = subjectOf(workflow);
  const form = clientForm(workflow.trigger);
  const sent = compile(form).parse(withDefaults(form, given), subject);
  const { trigger, files } = await resolveTriggerFiles(sources, tenantId, workflow.trigger, sent, subject);
  const complete = compile(workflow.trigger).parse(trigger, subject) as JsonObject;
  const issues = workflow.rules(complete as never, sources.triggerServices);
  if (issues.length > 0) throw new ValidationError(issues, subject);
  return { trigger: complete, files };
}
