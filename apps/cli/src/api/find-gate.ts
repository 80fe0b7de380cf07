import type { CairnClient } from '@cairn/client';
import { findOne, named } from './find-one.js';

export const GATE_ARGUMENT = named('gate');

/** The id of the gate that somebody named; `last` and parts of ids mean open ones. @throws CliError */
export function findGate(client: CairnClient, name: string): Promise<string> {
  return findOne(name, {
    what: 'gate',
    list: limit => client.listGates({ limit, status: 'open' }),
    describe: ({ id, stepId, runId }) => `${id}  ${stepId} of run ${runId}`,
    next: 'cairn gates list shows the open ones, --status all the others too',
  });
}
