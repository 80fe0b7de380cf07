import type { CairnClient } from '@cairn/client';
import { findOne, named } from './find-one.js';

export const RUN_ARGUMENT = named('run');

/** The id of the run that somebody named. @throws CliError */
export function findRun(client: CairnClient, name: string): Promise<string> {
  return findOne(name, {
    what: 'run',
    list: limit => client.listRuns({ limit }),
    describe: ({ id, workflowName, status }) => `${id}  ${workflowName}  ${status}`,
    next: 'cairn runs list shows them, cairn run WORKFLOW --trigger FILE starts one',
  });
}
