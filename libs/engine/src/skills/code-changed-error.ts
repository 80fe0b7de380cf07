import { CairnError } from '@cairn/dto';

/**
 * The files of a skill are not those that its fingerprint was taken from: what this process has done, or would do,
 * cannot be said to be that code's result. Another worker, or this one started again, can do it.
 */
export class CodeChangedError extends CairnError {
  constructor(
    readonly skillId: string,
    readonly file: string,
  ) {
    super(
      'CODE_CHANGED',
      `The code of ${skillId} changed under the running worker (${file}): start the worker again`,
      { retryable: true },
    );
  }
}
