import { repositories } from '@cairn/dao';
import { CairnError } from '@cairn/dto';
import type { AnyWorkflow, ChildOpening } from '@cairn/pipeline';
import { filesIn } from '../blobs/files-in.js';
import type { Engine } from '../engine.js';
import type { CompleteTrigger } from '../runs/complete-trigger.js';
import { shapeTrigger } from '../runs/shape-trigger.js';

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
  const trigger = shapeTrigger(triggerServices, workflow, given, subject);
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
