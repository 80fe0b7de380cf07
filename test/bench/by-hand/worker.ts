import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import pg from 'pg';
import { createActivities } from './activities.js';
import { BlobFolder } from './blob-folder.js';

const { BY_HAND_FOLDER, BY_HAND_SLOTS, BY_HAND_TASK_QUEUE, DATABASE_URL, TEMPORAL_ADDRESS } = process.env;

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS! });
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const blobs = await BlobFolder.open(BY_HAND_FOLDER!);
const worker = await Worker.create({
  connection,
  taskQueue: BY_HAND_TASK_QUEUE!,
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities: createActivities({ pool, blobs }),
  // Unless told, as many as Cairn's worker takes from its default queue.
  maxConcurrentActivityTaskExecutions: Number(BY_HAND_SLOTS ?? 4 * availableParallelism()),
});
const running = worker.run();
// A signal to the whole group has begun the shutdown already.
process.once('disconnect', () => worker.getState() === 'RUNNING' && worker.shutdown());
process.send?.('ready');
await running;
await pool.end();
await connection.close();
