import { S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { StoreUnavailableError } from '../errors.js';

/** Where blobs lie in S3. Who may get at them is found as AWS's own tools do: environment, profile, role. */
export interface BucketPlace {
  readonly bucket: string;
  /** Before every key, without a slash at its ends; empty for none. */
  readonly prefix: string;
  /** Of a server that is not Amazon's; its buckets are named in the path. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly patience?: Patience;
}

/** How long S3 may take to accept a connection, to answer a request, and to be silent within one. Milliseconds. */
export interface Patience {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
}

const PATIENCE: Patience = { connectionTimeout: 3_000, requestTimeout: 60_000, socketTimeout: 15_000 };
const CONNECTIONS = { keepAlive: true, maxSockets: 128 };

/** A client whose requests end in time, each with up to two retries of its own. */
export function s3Client({ endpoint, region, patience = PATIENCE }: BucketPlace): S3Client {
  // What it would say is of versions to come, and this one is pinned.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new S3Client({
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(region !== undefined && { region }),
    maxAttempts: 3,
    // What is sent has its SHA-256 in the signature, and what comes is held against digests of our own: further
    // checksums would only leave out the servers that do not know them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      ...patience,
      throwOnRequestTimeout: true,
      // Who looks at many blobs at once waits for a connection: that is no news.
      socketAcquisitionWarningTimeout: 2 ** 31 - 1,
      httpAgent: CONNECTIONS,
      httpsAgent: CONNECTIONS,
    },
  });
}

const MISSING = new Set(['NotFound', 'NoSuchKey', 'NoSuchUpload']);

const statusOf = (error: unknown) => (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;

/** There is no such object, or no such upload. (Where an object is asked about with HEAD, maybe no bucket.) */
export const isMissing = (error: unknown): boolean => MISSING.has((error as Error).name);

/** It was not done because the object is another than was meant, or is gone. */
export const isRefused = (error: unknown): boolean => statusOf(error) === 412;

/** The object ends before the range that was asked for. */
export const isPastTheEnd = (error: unknown): boolean => statusOf(error) === 416;

/** The server does not know how to do that. */
export const isUnknownToServer = (error: unknown): boolean => statusOf(error) === 501;

/**
 * Asks S3. @throws StoreUnavailableError, also where it is the settings that are wrong; errors for which
 * `expected` holds as they are
 */
export async function inS3<T>(
  work: () => Promise<T>,
  expected: (error: unknown) => boolean = () => false,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof StoreUnavailableError || expected(error)) throw error;
    const status = statusOf(error);
    // An answer to HEAD has no body, and so no words.
    const said = error.message === 'UnknownError' ? error.name : error.message;
    const message = status === undefined ? said : `${said} (S3 has answered with ${status})`;
    throw new StoreUnavailableError(new Error(message, { cause: error }));
  }
}

/** As `inS3`; undefined when there is no such object or upload. */
export async function ifInS3<T>(work: () => Promise<T>): Promise<T | undefined> {
  return inS3(work, isMissing).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}
