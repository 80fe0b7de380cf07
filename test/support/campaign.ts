import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Artifact, Run } from '@cairn/client';
import { startCairn, type Cairn, type CairnSettings } from './cairn.js';
import { unpackInto } from './unpack.js';

/** A small campaign: the same steps as a large one, in a tenth of the time. */
export const SMALL = {
  campaign_id: 'small',
  campaign_name: 'A small campaign',
  template_id: 'spin_wheel_v1',
  video: { width: 320, height: 180, fps: 12, duration_sec: 1 },
  audio: { duration_sec: 2, format: 'mp3', volume: 0.6, enabled: true },
  mechanics: { spin_duration_ms: 1000 },
};
export const STEPS = [
  'game_config',
  'bgm',
  'sfx',
  'intro_video',
  'win_video',
  'lose_video',
  'game_bundle',
  'manifest',
  'package',
];

/** A Cairn with the shipped catalog, whose executions are counted outside the engine. */
export interface CampaignCairn extends Cairn {
  build(trigger: object): Promise<Run>;
  /** The steps executed since the last call, by name, counted by a file that the skills append to. */
  executed(): readonly string[];
}

export async function startCampaignCairn(settings: CairnSettings = {}): Promise<CampaignCairn> {
  const cairn = await startCairn({
    ...settings,
    catalog: 'shipped',
    env: {
      ...settings.env,
      NODE_OPTIONS: `--import ${new URL('./counting/register.js', import.meta.url).href}`,
    },
  });
  let seen = 0;
  return {
    ...cairn,
    build: async trigger => {
      const { run } = await cairn.client.startRun({ workflow: 'campaign.build', trigger });
      return cairn.client.waitForRun(run.id, { deadlineMs: 240_000 });
    },
    executed: () => {
      const lines = cairn.executions();
      const steps = lines.slice(seen).map(line => line.slice(line.lastIndexOf('/') + 1));
      seen = lines.length;
      return steps.sort();
    },
  };
}

/** The artifacts of a run, by `<step> <output>`. */
export async function artifactsOf(cairn: Cairn, run: Run): Promise<ReadonlyMap<string, Artifact>> {
  const found = new Map<string, Artifact>();
  for await (const artifact of cairn.client.runArtifacts(run.id))
    found.set(`${artifact.stepId} ${artifact.filename}`, artifact);
  return found;
}

/** Downloads the package and unpacks it into a folder. */
export async function unpackCampaign(cairn: Cairn, run: Run, folder: string): Promise<void> {
  const artifacts = await artifactsOf(cairn, run);
  const zip = [...artifacts.values()].find(({ type }) => type === 'bundle/campaign');
  if (!zip) throw new Error('The run has no bundle/campaign');
  const { stream } = await cairn.client.download(zip.id);
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (digest !== zip.contentHash) throw new Error(`Downloaded ${digest}, the record says ${zip.contentHash}`);
  unpackInto(folder, bytes);
}

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
