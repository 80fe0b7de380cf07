import { repositories, type JsonObject } from '@cairn/dao';
import { compile, CairnError, cutTo, ValidationError, withDefaults } from '@cairn/dto';
import type { AnyWorkflow, ChildOpening } from '@cairn/pipeline';
import { filesIn } from '../blobs/files-in.js';
import type { Engine } from '../engine.js';
import { refuseWhatIsNotJson, type CompleteTrigger } from '../runs/complete-trigger.js';

/** As whose work a file counts that no artifact of the parent tells of. */
const UNKNOWN_SKILL = '$child';

/** @throws CairnError WORKFLOW_UNKNOWN: this worker does not offer what the parent's graph names. */
export function workflowOf(
  { catalog }: Pick<Engine, 'catalog'>,
  { workflow: name, workflowVersion: version }: ChildOpening,
): AnyWorkflow {
  const workflow = catalog.workflow(name, version);
  if (workflow) return workflow;
  throw new CairnError('WORKFLOW_UNKNOWN', `This worker's catalog has no workflow ${name} ${version}`);
}

/**
 * What a child is started with: cut to its workflow's schema, as a skill's input is, defaults filled in, checked by
 * schema and rules. Files stand in it as references.
 *
 * @throws ValidationError with JSON Pointers into the trigger
 */
export async function childTrigger(
  { dataSource, triggerServices }: Pick<Engine, 'dataSource' | 'triggerServices'>,
  workflow: AnyWorkflow,
  { tenantId, runId, stepId, trigger: given }: ChildOpening,
): Promise<CompleteTrigger> {
  const subject = `The trigger of ${workflow.name}, which ${stepId} starts,`;
  refuseWhatIsNotJson(workflow, given);
  const shaped = withDefaults(workflow.trigger, cutTo(workflow.trigger, given));
  const trigger = compile(workflow.trigger).parse(shaped, subject) as JsonObject;
  const issues = workflow.rules(trigger as never, triggerServices);
  if (issues.length > 0) throw new ValidationError(issues, subject);
  const files = filesIn(trigger);
  const rows = await repositories(dataSource).artifacts.listArtifactsWithBytes(
    tenantId,
    runId,
    files.map(({ file }) => file.digest),
  );
  const skillOf = (digest: string) => rows.find(({ contentHash }) => contentHash === digest)?.skillId;
  return {
    trigger,
    files: files.map(({ path, file }) => ({ path, file, skillId: skillOf(file.digest) ?? UNKNOWN_SKILL })),
  };
}
