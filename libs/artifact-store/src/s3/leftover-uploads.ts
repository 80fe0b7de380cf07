import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListMultipartUploadsCommandInput,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.js';
import { ifInS3, inS3 } from './s3-client.js';
import { isUnderWay } from './upload.js';

/** An upload that nobody goes on with. */
export interface LeftoverUpload {
  /** Bytes that have come. */
  readonly size: number;
  remove(): Promise<void>;
}

/** Uploads under a prefix that nobody has sent a part of for so long. Milliseconds. */
export async function* leftoverUploads(
  bucket: Bucket,
  prefix: string,
  olderThan: number,
): AsyncGenerator<LeftoverUpload> {
  for await (const { Key, UploadId, Initiated } of uploadsIn(bucket, prefix)) {
    if (Key === undefined || UploadId === undefined || isUnderWay(UploadId)) continue;
    const target = { ...bucket.at(Key), UploadId };
    const came = await partsOf(bucket, target);
    const last = Math.max(Initiated?.getTime() ?? 0, came.last);
    if (Date.now() - last < olderThan) continue;
    const remove = async () =>
      void (await ifInS3(() => bucket.client.send(new AbortMultipartUploadCommand(target))));
    yield { size: came.size, remove };
  }
}

async function* uploadsIn(bucket: Bucket, prefix: string): AsyncGenerator<MultipartUpload> {
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> = {};
  for (;;) {
    const request: ListMultipartUploadsCommandInput = { Bucket: bucket.name, Prefix: prefix, ...from };
    const page = await inS3(() => bucket.client.send(new ListMultipartUploadsCommand(request)));
    yield* page.Uploads ?? [];
    if (!page.IsTruncated) return;
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}

/** How many bytes of an upload have come, and when the last of them did, in milliseconds since 1970. */
async function partsOf(
  bucket: Bucket,
  target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
): Promise<{ readonly size: number; readonly last: number }> {
  let size = 0;
  let last = 0;
  for (let marker: string | undefined; ;) {
    const request = new ListPartsCommand({ ...target, PartNumberMarker: marker });
    const page = await ifInS3(() => bucket.client.send(request));
    for (const { Size = 0, LastModified } of page?.Parts ?? []) {
      size += Size;
      last = Math.max(last, LastModified?.getTime() ?? 0);
    }
    if (!page?.IsTruncated) return { size, last };
    marker = page.NextPartNumberMarker;
  }
}
