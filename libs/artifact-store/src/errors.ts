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
