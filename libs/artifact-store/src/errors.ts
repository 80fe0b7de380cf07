import { CairnError } from '@cairn/dto';

/** There is no such blob for this tenant. */
export class BlobNotFoundError extends CairnError {
  constructor(readonly digest: string) {
    super('ARTIFACT_LOST', `The bytes of ${digest} are not in the store`);
  }
}

/** The stored bytes are not those that the digest names. */
export class BlobCorruptError extends CairnError {
  constructor(readonly digest: string) {
    super('ARTIFACT_CORRUPT', `The stored bytes of ${digest} have changed`);
  }
}

/** The source has more bytes than the caller allows. */
export class BlobTooLargeError extends CairnError {
  constructor(readonly maxBytes: number) {
    super('BODY_TOO_LARGE', `There are more than ${maxBytes} bytes`);
  }
}

/** The store cannot be used now: it is full, cannot be written to, or the disk or the machine is in trouble. */
export class StoreUnavailableError extends CairnError {
  constructor(cause: Error) {
    super('STORE_UNAVAILABLE', `The artifact store cannot be used: ${cause.message}`, {
      retryable: true,
      cause,
    });
  }
}
