import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurn, type Samples } from './in-turn.js';
import { median, print, ratios } from './report.js';

/**
 * What one large artifact costs to write and to read, against the shell's tools on the same file system, and by how
 * much memory a process grows that does it. Each measurement of ours is made in a process of its own, which times
 * itself, without its start; theirs is timed with the start of its processes, some milliseconds.
 */
const MiB = 2 ** 20;
const size = Number(process.env['CAIRN_BENCH_ARTIFACT_MIB'] ?? 1024) * MiB;
const rounds = Number(process.env['CAIRN_BENCH_ARTIFACT_ROUNDS'] ?? 5);
const folder = await mkdtemp(join(process.env['CAIRN_BENCH_FOLDER'] ?? tmpdir(), 'cairn-large-'));
const source = join(folder, 'source');
const store = join(folder, 'store');

/** What a process of ours says of itself. */
interface Answer {
  readonly milliseconds: number;
  /** By how much it has grown, at most, while it worked. MiB. */
  readonly grown: number;
  readonly digest: string;
  /** Bytes that were put, or came out. */
  readonly size: number;
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return text;
}

async function ours(...args: readonly string[]): Promise<Answer> {
  const program = fileURLToPath(new URL('large-artifact/process.js', import.meta.url));
  const answer = JSON.parse(await output(process.execPath, [program, ...args])) as Answer;
  if (answer.size !== size) throw new Error(`${answer.size} bytes instead of ${size}`);
  return answer;
}

async function theirs(command: string, ...args: readonly string[]): Promise<number> {
  const begun = performance.now();
  await output('sh', ['-ec', command, 'sh', ...args]);
  return performance.now() - begun;
}

async function makeSource(): Promise<void> {
  const handle = await open(source, 'wx');
  const block = Buffer.alloc(MiB);
  for (let at = 0; at < size; at += MiB) await handle.write(randomFillSync(block));
  await handle.sync();
  await handle.close();
}

function report(benchmark: string, { ours, theirs }: Samples, grown: readonly number[], by: string): void {
  const speeds = ratios(theirs, ours);
  print({
    benchmark,
    rounds: ours.length,
    samples: {
      'store (ms)': ours,
      [`${by} (ms)`]: theirs,
      'speed of the store / theirs': speeds,
      'memory growth (MiB)': grown,
    },
    targets: [
      { figure: `speed against ${by}`, value: median(speeds), atLeast: 0.7 },
      { figure: 'memory growth at most (MiB)', value: Math.max(...grown), atMost: 64 },
    ],
  });
}

try {
  await makeSource();
  const other = join(folder, 'other');
  const grown = { put: [] as number[], read: [] as number[] };
  let digest = '';
  const written = await inTurn(
    { rounds, warmUp: 1 },
    async () => {
      await rm(store, { recursive: true, force: true });
      const answer = await ours('put', store, source);
      grown.put.push(answer.grown);
      digest = answer.digest;
      return answer.milliseconds;
    },
    async () => {
      await rm(other, { force: true });
      return theirs('sha256sum "$1" && cp "$1" "$2" && sync -f "$2"', source, other);
    },
  );
  report('large-artifact-put', written, grown.put, 'sha256sum && cp && sync -f');
  await rm(other);
  const read = await inTurn(
    { rounds, warmUp: 1 },
    async () => {
      const answer = await ours('read', store, digest);
      grown.read.push(answer.grown);
      return answer.milliseconds;
    },
    () => theirs('sha256sum "$1"', source),
  );
  report('large-artifact-read', read, grown.read, 'sha256sum');
} finally {
  await rm(folder, { recursive: true, force: true });
}
