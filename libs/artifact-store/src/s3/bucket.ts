import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { StoreUnavailableError } from '../errors.js';
import { ifInS3, inS3, isMissing, isPastTheEnd, isRefused, isUnknownToServer } from './s3-client.js';

/** What S3 says of an object. */
export interface ObjectStat {
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
  /** Another after every write. */
  readonly stamp: string;
}

/** An object that is being read. */
export interface OpenObject {
  readonly stat: ObjectStat;
  readonly body: AsyncIterable<Uint8Array>;
}

/** An object in a listing. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
}

/** Of an object's metadata: random, written with it. Its ETag and the second of its writing may be those of before. */
export const WRITE = 'cairn-write';

interface Described {
  readonly ContentLength?: number;
  readonly ETag?: string;
  readonly LastModified?: Date;
  readonly VersionId?: string;
  readonly Metadata?: Record<string, string>;
}

/** For how long a bucket that was there is believed to be there. Milliseconds. */
const BELIEVED_MS = 10_000;
/** How often a body that breaks off is asked for. */
const TRIES = 3;

/** The connection was lost while a body came. */
export class BrokenBodyError extends StoreUnavailableError {}

/** Reads again where a body breaks off. */
export async function completely<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await read();
    } catch (error) {
      if (attempt >= TRIES || !(error instanceof BrokenBodyError)) throw error;
    }
}

/** Objects of one bucket by their keys. Every method may throw StoreUnavailableError. */
export class Bucket {
  private seenAt = -Infinity;

  constructor(
    readonly client: S3Client,
    readonly name: string,
  ) {}

  async stat(key: string): Promise<ObjectStat | undefined> {
    const found = await ifInS3(() => this.client.send(new HeadObjectCommand(this.at(key))));
    if (!found) await this.mustBeThere();
    return found && statOf(found);
  }

  /** The whole object; undefined when there is none. Its body fails with BrokenBodyError. */
  async open(key: string): Promise<OpenObject | undefined> {
    const found = await ifInS3(() => this.client.send(new GetObjectCommand(this.at(key))));
    return found && { stat: statOf(found), body: bodyOf(found.Body) };
  }

  /**
   * Fills the buffer with what the object has at a position.
   * @returns how many bytes there were; undefined when there is no such object.
   */
  async read(key: string, buffer: Buffer, position: number): Promise<number | undefined> {
    if (buffer.length === 0) return 0;
    const range = { ...this.at(key), Range: `bytes=${position}-${position + buffer.length - 1}` };
    const ask = async () => {
      const found = await this.client.send(new GetObjectCommand(range));
      return { body: bodyOf(found.Body) };
    };
    return completely(async () => {
      const found = await inS3(ask, error => isMissing(error) || isPastTheEnd(error)).catch(
        (error: unknown) => {
          if (isMissing(error)) return undefined;
          if (isPastTheEnd(error)) return { body: bodyOf([]) };
          throw error;
        },
      );
      return found && fill(buffer, found.body);
    });
  }

  /** Removes the object, if it is there. @param only the one that was read, where the server can tell them apart. */
  async remove(key: string, only?: ObjectStat): Promise<void> {
    const object = this.at(key);
    if (only)
      try {
        const precise = new DeleteObjectCommand({ ...object, IfMatch: only.etag });
        return void (await inS3(
          () => this.client.send(precise),
          error => isMissing(error) || isRefused(error) || isUnknownToServer(error),
        ));
      } catch (error) {
        if (!isUnknownToServer(error)) {
          if (isMissing(error) || isRefused(error)) return;
          throw error;
        }
      }
    await ifInS3(() => this.client.send(new DeleteObjectCommand(object)));
  }

  /** The objects whose keys begin so, in the order of their keys where the server has one. */
  async *list(prefix: string): AsyncGenerator<ListedObject> {
    for (let token: string | undefined; ;) {
      const page = await inS3(() =>
        this.client.send(
          new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ContinuationToken: token }),
        ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? [])
        if (Key !== undefined) yield { key: Key, size: Size ?? 0, at: LastModified?.getTime() ?? Date.now() };
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (token === undefined) return;
    }
  }

  /** What comes between the prefix and the next slash in keys that begin so. */
  async *foldersIn(prefix: string): AsyncGenerator<string> {
    for (let token: string | undefined; ;) {
      const request = { Bucket: this.name, Prefix: prefix, Delimiter: '/', ContinuationToken: token };
      const page = await inS3(() => this.client.send(new ListObjectsV2Command(request)));
      for (const { Prefix } of page.CommonPrefixes ?? [])
        if (Prefix !== undefined) yield Prefix.slice(prefix.length, -1);
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (token === undefined) return;
    }
  }

  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.name, Key: key };
  }

  /** Nothing was found: a bucket that is not there must not look like one without blobs. */
  private async mustBeThere(): Promise<void> {
    if (performance.now() - this.seenAt < BELIEVED_MS) return;
    const there = await ifInS3(() => this.client.send(new HeadBucketCommand({ Bucket: this.name })));
    if (!there) await inS3(() => Promise.reject(new Error(`there is no bucket ${this.name}`)));
    this.seenAt = performance.now();
  }
}

/** The body of an answer. @throws BrokenBodyError */
async function* bodyOf(body: unknown): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new BrokenBodyError(error as Error);
  }
}

async function fill(buffer: Buffer, body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of body) {
    buffer.set(piece.subarray(0, buffer.length - length), length);
    length += piece.length;
  }
  return Math.min(length, buffer.length);
}

export function statOf(found: Described): ObjectStat {
  const { ContentLength = 0, ETag = '', LastModified, VersionId = '', Metadata } = found;
  const at = LastModified?.getTime() ?? 0;
  return {
    size: ContentLength,
    etag: ETag,
    stamp: [ETag, ContentLength, at, VersionId, Metadata?.[WRITE] ?? ''].join(' '),
  };
}
