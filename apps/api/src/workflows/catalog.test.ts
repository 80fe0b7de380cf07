import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCairnClient, type CairnClient } from '@cairn/client';
import { compile } from '@cairn/dto';
import type { TSchema } from '@cairn/skill-kit';
import { campaignTrigger, checkedFetch, startTestApi, type TestApi } from '../testing/index.js';

// Real: HTTP, the shipped catalog.
let api: TestApi;
let cairn: CairnClient;
beforeAll(async () => {
  api = await startTestApi();
  cairn = createCairnClient({ baseUrl: api.url, fetch: checkedFetch });
});
afterAll(() => api.stop());

test('a workflow with its graph, and what each step waits for', async () => {
  const listed = await cairn.listWorkflows();
  expect(listed).toContainEqual({
    name: 'campaign.build',
    version: '1.0.0',
    title: 'Build a campaign',
    stepCount: 9,
  });
  const workflow = await cairn.getWorkflow('campaign.build', { version: '1.0.0' });
  expect(workflow.steps.length).toBe(9);
  expect(workflow.steps.map(({ id }) => id)).toEqual(workflow.graph.steps.map(({ id }) => id));
  expect(workflow.steps.find(({ id }) => id === 'game_config')?.dependsOn).toEqual([]);
  expect(workflow.graphDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const { run } = await cairn.startRun({ workflow: 'campaign.build', trigger: campaignTrigger() });
  expect(run.graphDigest).toBe(workflow.graphDigest);
});

test('the schema of a trigger asks only for what has no default', async () => {
  const { triggerSchema } = await cairn.getWorkflow('campaign.build');
  expect(triggerSchema['required']).toEqual(['campaign_id', 'campaign_name', 'template_id']);
  const schema = compile(triggerSchema as unknown as TSchema);
  const least = { campaign_id: 'a', campaign_name: 'A', template_id: 'spin_wheel_v1' };
  expect(schema.check(least)).toEqual([]);
  expect(schema.check(campaignTrigger())).toEqual([]);
  const { run } = await cairn.startRun({ workflow: 'campaign.build', trigger: least });
  expect(run.trigger).toEqual(campaignTrigger(least));
  expect(schema.check({ ...least, audio: { volume: 2 } }).map(({ path }) => path)).toEqual(['/audio/volume']);
});

test('the skills, and the workflow names only skills that are there', async () => {
  const skills = await cairn.listSkills();
  const ids = skills.map(({ id }) => id);
  expect(ids).toContain('render_video');
  const { steps } = await cairn.getWorkflow('campaign.build');
  expect(steps.filter(({ skill }) => !ids.includes(skill!))).toEqual([]);
});
