import type { Catalog } from '@cairn/catalog';
import { ValidationError } from '@cairn/dto';
import type { AnyWorkflow } from '@cairn/pipeline';

/**
 * The workflow that a request names; the highest version unless it names one.
 * @throws ValidationError WORKFLOW_UNKNOWN
 */
export function findWorkflow(
  catalog: Catalog,
  { workflow, version }: { readonly workflow: string; readonly version?: string | undefined },
): AnyWorkflow {
  const found = catalog.workflow(workflow, version);
  if (found) return found;
  const known = catalog.workflows.filter(({ name }) => name === workflow);
  const path = known.length > 0 ? '/version' : '/workflow';
  const message =
    known.length > 0
      ? `${workflow} has no version ${version}; it has ${known.map(w => w.version).join(', ')}`
      : `there is no workflow ${JSON.stringify(workflow)}`;
  throw new ValidationError([{ path, code: 'WORKFLOW_UNKNOWN', message }], 'The request');
}
