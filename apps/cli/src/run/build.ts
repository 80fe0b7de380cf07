import type { Artifact, Run } from '@cairn/client';
import { CliError } from '../errors.js';
import type { Screen } from '../show/screen.js';
import type { ApiAccess } from './api-access.js';
import { openRun } from './open-run.js';
import { unpack } from './unpack.js';
import { watchRun } from './watch-run.js';

export interface BuildRequest {
  readonly home: string;
  readonly workflow: string;
  readonly trigger: unknown;
  /** Where campaigns are unpacked. */
  readonly out: string;
}

export interface Built {
  readonly run: Run;
  readonly artifacts: readonly Artifact[];
  /** The unpacked campaign, and its name; absent when the run shipped none. */
  readonly campaign?: { readonly name: string; readonly folder: string };
}

/**
 * Has a run done, shows it as it goes, and unpacks the campaign that it ships. A run that an earlier start was asked
 * for in the same words, and that has not ended, is followed instead of beginning another.
 */
export async function build(
  api: ApiAccess,
  request: BuildRequest,
  screen: Screen,
  signal: AbortSignal,
): Promise<Built> {
  const first = await openRun(api, request, screen);
  const run = await watchRun(api, first, screen, signal);
  const artifacts = await api.artifacts(run.id);
  const shipped = artifacts.find(artifact => artifact.type === 'bundle/campaign');
  if (run.status !== 'completed' || !shipped) return { run, artifacts };
  const name = campaignName(request.trigger);
  const folder = await unpack(await api.bytes(shipped), request.out, name);
  return { run, artifacts, campaign: { name, folder } };
}

function campaignName(trigger: unknown): string {
  const name = (trigger as { campaign_id?: unknown } | null)?.campaign_id;
  if (typeof name === 'string') return name;
  throw new CliError('The run shipped a campaign, but its trigger has no campaign_id to name the folder by');
}
