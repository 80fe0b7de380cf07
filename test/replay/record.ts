import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { REPOSITORY } from '../support/campaign.js';
import { startCairn, temporalAddress } from '../support/cairn.js';
import { executionsOf } from './executions.js';
import { writeShapes, type RecordedShape } from './history-files.js';
import { scrub } from './scrub.js';
import { SHAPES } from './shapes.js';

// Records histories of every shape with this build, as those of the present release: CONTRIBUTING.md says when. With
// arguments only the shapes that these name; the others stay as they were recorded.
const CATALOG = fileURLToPath(new URL('../../replay/catalog.json', import.meta.url));

const named = process.argv.slice(2);

async function record(): Promise<readonly RecordedShape[]> {
  const cairn = await startCairn({
    env: { CAIRN_CATALOG: CATALOG, CAIRN_DRAIN: '0s', CAIRN_LEASE: '5s' },
  });
  const connection = await Connection.connect({ address: temporalAddress() });
  try {
    const client = new Client({ connection });
    const shapes: RecordedShape[] = [];
    for (const [shape, make] of Object.entries(SHAPES)) {
      if (named.length > 0 && !named.includes(shape)) continue;
      const { temporalWorkflowId, status } = await make(cairn, client);
      const found = await executionsOf(client, { workflowId: temporalWorkflowId });
      const replacements = [
        [cairn.home, '/cairn'],
        [REPOSITORY, '/repository/'],
        [cairn.taskQueue, 'cairn'],
        [hostname(), 'host'],
      ] as const;
      const executions = found.map(each => ({ ...each, history: scrub(each.history, replacements) }));
      shapes.push({ shape, executions });
      const events = executions.map(({ history }) => history.events.length).join(' + ');
      process.stdout.write(`${shape}: ${status}, ${events} events\n`);
    }
    return shapes;
  } finally {
    await connection.close();
    await cairn.stop();
  }
}

const { version } = JSON.parse(await readFile(`${REPOSITORY}/package.json`, 'utf8')) as { version: string };
const shapes = await record();
const bytes = await writeShapes(version, shapes, { keepOthers: named.length > 0 });
process.stdout.write(`${shapes.length} shapes of release ${version}, ${bytes} bytes\n`);
