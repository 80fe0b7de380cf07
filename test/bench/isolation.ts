import { randomBytes, randomUUID } from 'node:crypto';
import { createCairnClient } from '@cairn/client';
import { startCairn } from '../support/cairn.js';
import { inTurn, millisecondsOf } from './in-turn.js';
import { median, print } from './report.js';

/** Whether the time of an answer tells that an id is another tenant's, where nobody's is asked for in turn. */
const operatorKey = randomBytes(24).toString('hex');
const cairn = await startCairn({
  apiEnv: { CAIRN_OPERATOR_KEY: operatorKey, CAIRN_RATE_LIMIT: '1000000' },
});

async function tenant(id: string) {
  const operator = createCairnClient({ baseUrl: cairn.url, apiKey: operatorKey });
  await operator.createTenant({ id });
  const { key } = await operator.createTenantKey(id, { name: 'bench', role: 'admin' });
  return { client: createCairnClient({ baseUrl: cairn.url, apiKey: key }), key };
}

try {
  const [own, other] = [await tenant('own'), await tenant('other')];
  const { client } = other;
  const noop = { workflow: 'toy.noop', trigger: { value: 'other' } };
  const { run } = await client.startRun(noop);
  const artifact = await client.uploadArtifact(Buffer.from('secret'), { type: 'text/note' });
  const schedule = await client.createSchedule({ ...noop, name: 'nightly', cron: ['0 3 * * *'] });
  const webhook = await client.createWebhook({ url: 'https://hooks.example.com/' });
  const places: readonly (readonly [string, string, (id: string) => string])[] = [
    ['a run', run.id, id => `/v1/runs/${id}`],
    ['its events', run.id, id => `/v1/runs/${id}/events`],
    ['an artifact', artifact.id, id => `/v1/artifacts/${id}`],
    ['its bytes', artifact.id, id => `/v1/artifacts/${id}/content`],
    ['a schedule', schedule.id, id => `/v1/schedules/${id}`],
    ['a webhook', webhook.id, id => `/v1/webhooks/${id}`],
  ];
  const ask = async (path: string) => {
    const response = await fetch(`${cairn.url}${path}`, { headers: { authorization: `Bearer ${own.key}` } });
    await response.arrayBuffer();
    if (response.status !== 404) throw new Error(`${path} was answered with ${response.status}`);
  };
  const samples: Record<string, readonly number[]> = {};
  const targets = [];
  for (const [what, foreign, path] of places) {
    const { ours, theirs } = await inTurn(
      { rounds: 400, warmUp: 40 },
      () => millisecondsOf(() => ask(path(foreign))),
      () => millisecondsOf(() => ask(path(randomUUID()))),
    );
    samples[`${what}, another tenant's (ms)`] = ours;
    samples[`${what}, nobody's (ms)`] = theirs;
    const ratio = median(ours) / median(theirs);
    targets.push({
      figure: `${what}: another tenant's by nobody's, the larger way round`,
      value: Math.max(ratio, 1 / ratio),
      atMost: 1.1,
    });
  }
  print({ benchmark: 'isolation', rounds: 400, samples, targets });
} finally {
  await cairn.stop();
}
