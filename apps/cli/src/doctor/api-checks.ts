import { CairnApiError, type CairnClient, type Readiness, type Skill } from '@cairn/client';
import type { ApiPlace } from '../api/find-api.js';
import { counted } from '../show/format.js';
import type { Check } from './check.js';

const SOURCES: Record<ApiPlace['from'], string> = {
  '--url': 'as --url says',
  CAIRN_URL: 'as CAIRN_URL says',
  'cairn up': 'of the running `cairn up`',
  default: 'the default, since nothing says otherwise',
};
const BEHIND_API = ['database', 'temporal', 'store', 'workers', 'skills'] as const;
const PATIENCE_MS = 10_000;

/** Whether the API answers, and what it says of all that is behind it. */
export async function checkApi(client: CairnClient, { url, from }: ApiPlace, own: string): Promise<Check[]> {
  const signal = () => AbortSignal.timeout(PATIENCE_MS);
  let version: string;
  let ready: Readiness;
  try {
    version = await client.version({ signal: signal() });
    ready = await client.readiness({ signal: signal() });
  } catch (error) {
    const why = error instanceof CairnApiError ? error.message : `${url} does not answer within 10 s`;
    const next =
      from === 'default' || from === 'cairn up'
        ? 'Start Cairn with `npm start`, or say with --url or CAIRN_URL where it answers'
        : `Is Cairn running there? ${from} says so; \`npm start\` starts one on this machine`;
    return [
      { name: 'api', status: 'failed', found: `${why} (${SOURCES[from]})`, next },
      ...BEHIND_API.map(name => ({ name, status: 'unknown', found: 'only the API knows' }) as const),
    ];
  }
  return [
    judgeVersion(`${url} answers (${SOURCES[from]})`, version, own),
    ...judgeReadiness(ready),
    ...(await checkSkills(client, signal())),
  ];
}

function judgeVersion(found: string, version: string, own: string): Check {
  if (version === own) return { name: 'api', status: 'ok', found: `${found}, version ${version}` };
  return {
    name: 'api',
    status: 'warning',
    found: `${found}, version ${version}; this command is ${own}`,
    next: 'Use the command of the same version: answers may have another shape',
  };
}

export function judgeReadiness({ database, temporal, store }: Readiness): Check[] {
  return [
    database === 'ok'
      ? { name: 'database', status: 'ok', found: 'PostgreSQL answers the API' }
      : {
          name: 'database',
          status: 'failed',
          found: 'The API cannot reach PostgreSQL: nothing is accepted',
          next: 'Look at logs/postgres.log in CAIRN_HOME, or at the server that DATABASE_URL names',
        },
    temporal === 'ok'
      ? { name: 'temporal', status: 'ok', found: 'Temporal answers the API' }
      : {
          name: 'temporal',
          status: 'failed',
          found: 'The API cannot reach Temporal: runs are accepted, and wait',
          next: 'Look at logs/temporal.log in CAIRN_HOME, or at the server that TEMPORAL_ADDRESS names',
        },
    store === 'ok'
      ? { name: 'store', status: 'ok', found: 'The store of artifacts answers the API' }
      : {
          name: 'store',
          status: 'failed',
          found: 'The API cannot reach the store of artifacts: steps and uploads wait for it',
          next: 'Look at the folder, or at the bucket and its server, that CAIRN_ARTIFACTS names',
        },
  ];
}

async function checkSkills(client: CairnClient, signal: AbortSignal): Promise<Check[]> {
  try {
    return judgeSkills(await client.listSkills({ signal }));
  } catch (error) {
    const found = `The API cannot say: ${(error as Error).message}`;
    return [
      { name: 'workers', status: 'unknown', found },
      { name: 'skills', status: 'unknown', found },
    ];
  }
}

/** Which workers were heard of in the last 90 seconds, and whether somebody serves each skill. */
export function judgeSkills(skills: readonly Skill[]): Check[] {
  const live = skills.flatMap(({ builds }) => builds.filter(build => build.live));
  const builds = [...new Set(live.map(({ build }) => build))];
  const start =
    'Start a worker: `npm start`, or node apps/worker/dist/main.js; logs/worker.log says why one ended';
  if (builds.length === 0)
    return [
      {
        name: 'workers',
        status: 'failed',
        found: 'No worker was heard of in the last 90 s: runs wait',
        next: start,
      },
      { name: 'skills', status: 'unknown', found: 'there is nobody to serve them' },
    ];
  const orphans = skills.filter(
    ({ version, builds: own }) => !own.some(one => one.live && one.version === version),
  );
  return [
    judgeBuilds(builds, skills),
    orphans.length === 0
      ? { name: 'skills', status: 'ok', found: `${counted(skills.length, 'skill')}, each is served` }
      : {
          name: 'skills',
          status: 'failed',
          found: `Nobody serves ${orphans.map(({ id, version }) => `${id} ${version}`).join(', ')}: steps of these wait`,
          next: 'Start a worker with the same catalog (CAIRN_CATALOG) and code as the API, for all queues (CAIRN_QUEUES)',
        },
  ];
}

function judgeBuilds(builds: readonly string[], skills: readonly Skill[]): Check {
  const short = builds.map(build => build.replace(/^sha256:/, '').slice(0, 12)).join(', ');
  if (builds.length === 1)
    return { name: 'workers', status: 'ok', found: `Workers of one build are live (${short})` };
  const split = skills.filter(({ builds: own }) => {
    const codes = own
      .filter(({ live }) => live)
      .map(({ version, fingerprint }) => `${version} ${fingerprint}`);
    return new Set(codes).size > 1;
  });
  const found = `Workers of ${builds.length} builds are live (${short})`;
  if (split.length === 0)
    return { name: 'workers', status: 'ok', found: `${found}, with the same code for each skill` };
  return {
    name: 'workers',
    status: 'warning',
    found: `${found}, with different code for ${split.map(({ id }) => id).join(', ')}`,
    next: 'Fine while a new build is rolled out; otherwise end the old workers',
  };
}
