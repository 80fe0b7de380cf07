import { startS3, type RunningS3 } from '@cairn/local-stack';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactStore } from '../index.js';
import { openS3Store, type S3Place } from '../s3/s3-store.js';

const BUCKET = 'cairn-test';

/** A real S3 server of a test's own, over a folder. */
export interface TestS3 {
  readonly server: RunningS3;
  readonly place: Omit<S3Place, 'prefix'>;
  /** A store below a prefix of its own. */
  open(prefix: string, settings?: Partial<S3Place>): ArtifactStore;
  /** The file of what `uri` names. */
  fileOf(uri: string): string;
  stop(): Promise<void>;
}

export async function startTestS3(): Promise<TestS3> {
  const home = await mkdtemp(join(tmpdir(), 'cairn-s3-'));
  const server = await startS3({ home, buckets: [BUCKET], log: line => process.stderr.write(`${line}\n`) });
  // As they are given to programs: where AWS's own client looks for them.
  Object.assign(process.env, server.env);
  const copies = { folder: join(home, 'copies'), maxBytes: 2 ** 30 };
  const place = { bucket: BUCKET, endpoint: server.endpoint, copies };
  return {
    server,
    place,
    open: (prefix, settings) => openS3Store({ ...place, prefix, ...settings }),
    fileOf: uri => server.fileOf(BUCKET, new URL(uri).pathname.slice(1)),
    stop: async () => {
      await server.process.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
