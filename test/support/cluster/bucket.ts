import { join } from 'node:path';
import { openStore } from '@cairn/artifact-store';
import { startS3, type KeptProcess } from '@cairn/local-stack';
import type { StoredElsewhere } from '../records.js';

const BUCKET = 'cairn';
const PREFIX = 'artifacts';

/** An S3 server with one bucket. */
export interface BucketServer {
  readonly endpoint: string;
  readonly port: number;
  readonly process: KeptProcess;
  /** With which Cairn's programs keep their artifacts there. */
  readonly env: Readonly<Record<string, string>>;
  readonly stored: StoredElsewhere;
}

/** Starts an S3 server over a folder, with what it had before. */
export async function startBucket(
  folder: string,
  port: number,
  say: (line: string) => void,
): Promise<BucketServer> {
  const s3 = await startS3({ home: folder, buckets: [BUCKET], preferredPorts: [port], log: say });
  const { endpoint, env } = s3;
  // The client of S3 finds them there in this process too.
  Object.assign(process.env, env);
  const store = await openStore({
    kind: 's3',
    bucket: BUCKET,
    prefix: PREFIX,
    endpoint,
    region: env['AWS_REGION'],
    copies: { folder: join(folder, 'copies'), maxBytes: 1024 ** 3 },
  });
  return {
    endpoint,
    port: s3.port,
    process: s3.process,
    env: { ...env, CAIRN_ARTIFACTS: `s3://${BUCKET}/${PREFIX}` },
    stored: { store, fileOf: uri => s3.fileOf(BUCKET, new URL(uri).pathname.slice(1)) },
  };
}
