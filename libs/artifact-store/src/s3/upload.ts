import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { WRITE, type Bucket } from './bucket.js';
import { ifInS3, inS3, isMissing } from './s3-client.js';

const MiB = 1 << 20;
/** Up to this many bytes an object is sent at once, and else in parts of as many. S3 wants parts of 5 MiB or more. */
const PART = 8 * MiB;
/** S3 takes no more parts of an object. */
const MOST_PARTS = 10_000;
/** How many parts are sent at once; each has a buffer. */
const AT_ONCE = 3;

/** What is to be sent. */
export interface Upload {
  /** Bytes. */
  readonly size: number;
  /** Fills the buffer with what stands at a position. @throws what shall end the upload */
  read(buffer: Buffer, position: number): Promise<unknown>;
}

/** The uploads of this process that are under way: nobody sweeps them. */
const underWay = new Set<string>();

export const isUnderWay = (uploadId: string): boolean => underWay.has(uploadId);

/** Sends an object, which appears when all of it has come. @throws StoreUnavailableError; what `read` throws */
export async function upload(bucket: Bucket, key: string, content: Upload): Promise<void> {
  const metadata = { [WRITE]: randomBytes(12).toString('hex') };
  if (content.size > PART) return uploadParts(bucket, key, content, metadata);
  const Body = Buffer.allocUnsafe(content.size);
  await content.read(Body, 0);
  await inS3(() => bucket.client.send(new PutObjectCommand({ ...bucket.at(key), Body, Metadata: metadata })));
}

async function uploadParts(
  bucket: Bucket,
  key: string,
  content: Upload,
  metadata: Record<string, string>,
): Promise<void> {
  const object = bucket.at(key);
  const { UploadId } = await inS3(() =>
    bucket.client.send(new CreateMultipartUploadCommand({ ...object, Metadata: metadata })),
  );
  underWay.add(UploadId!);
  try {
    const Parts = await sendParts(bucket, { ...object, UploadId: UploadId! }, content);
    const whole = new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } });
    await inS3(() => bucket.client.send(whole), isMissing).catch(async (error: unknown) => {
      // A try whose answer was lost may have done it already.
      const found = isMissing(error) ? await bucket.stat(key) : undefined;
      if (!found?.stamp.endsWith(metadata[WRITE]!)) await inS3(() => Promise.reject(error as Error));
    });
  } catch (error) {
    await ifInS3(() => bucket.client.send(new AbortMultipartUploadCommand({ ...object, UploadId }))).catch(
      // It must not hide what went wrong first; what stays is swept.
      () => undefined,
    );
    throw error;
  } finally {
    underWay.delete(UploadId!);
  }
}

async function sendParts(
  bucket: Bucket,
  target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  { size, read }: Upload,
): Promise<CompletedPart[]> {
  const length = Math.max(PART, Math.ceil(size / MOST_PARTS / MiB) * MiB);
  const parts: CompletedPart[] = [];
  let next = 0;
  let failed = false;
  const sendSome = async () => {
    const buffer = Buffer.allocUnsafeSlow(length);
    while (!failed && next * length < size) {
      const PartNumber = (next += 1);
      const position = (PartNumber - 1) * length;
      const Body = buffer.subarray(0, Math.min(length, size - position));
      await read(Body, position);
      const { ETag } = await inS3(() =>
        bucket.client.send(new UploadPartCommand({ ...target, PartNumber, Body })),
      );
      parts[PartNumber - 1] = { PartNumber, ETag };
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    sendSome().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  // Nothing is given up while a part is still on its way.
  const failure = (await Promise.allSettled(workers)).find(result => result.status === 'rejected');
  if (failure) throw failure.reason;
  return parts;
}
