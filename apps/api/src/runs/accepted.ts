import type { ServerResponse } from 'node:http';
import type { http } from '@cairn/dto';
import type { CreatedRun } from '@cairn/engine';
import { runView } from './run-view.js';

/** The answer to a request that has made a run: where it is, and whether an earlier request had made it. */
export function accepted({ run, steps, replayed }: CreatedRun, response: ServerResponse): http.Run {
  response.setHeader('Location', `/v1/runs/${run.id}`);
  if (replayed) response.setHeader('Idempotency-Replayed', 'true');
  return runView(run, steps);
}
