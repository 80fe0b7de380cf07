import { Client, Connection } from '@temporalio/client';
import { startCairn, temporalAddress } from '../support/cairn.js';
import { startByHand } from './by-hand/starter.js';

/** Something that takes a pipeline from the request to its end. */
export interface Contender {
  /**
   * Starts a run and waits for its end, as Temporal tells it: nobody looks again and again.
   * @param value what the pages are made from
   * @param pause milliseconds that each step waits
   * @returns the id of its Temporal workflow.
   * @throws Error when the run does not complete.
   */
  run(value: string, pause?: number): Promise<string>;
}

export interface Contenders {
  readonly cairn: Contender;
  readonly byHand: Contender;
  readonly temporal: Client;
  stop(): Promise<void>;
}

/** The same graph, walked by Cairn and by a workflow of its own, each in processes of its own. */
export async function startContenders(): Promise<Contenders> {
  const connection = await Connection.connect({ address: temporalAddress() });
  const temporal = new Client({ connection });
  const [cairn, byHand] = await Promise.all([startCairn({ catalog: 'bench' }), startByHand(temporal)]);
  const ended = async (workflowId: string) => {
    await temporal.workflow.getHandle(workflowId).result();
    return workflowId;
  };
  return {
    temporal,
    cairn: {
      run: async (value, pause = 0) => {
        const { run } = await cairn.client.startRun({ workflow: 'bench.levels', trigger: { value, pause } });
        return ended(run.temporalWorkflowId);
      },
    },
    byHand: { run: async (value, pause = 0) => ended(await byHand.start(value, pause)) },
    stop: async () => {
      await Promise.all([cairn.stop(), byHand.stop()]);
      await connection.close();
    },
  };
}
