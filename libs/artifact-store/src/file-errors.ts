import { StoreUnavailableError } from './errors.js';

/** What an operator, or time, puts right: no room, no permission to write, a disk in trouble, too many open files. */
const UNAVAILABLE = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'ESTALE',
  'EMFILE',
  'ENFILE',
]);

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code;

/** There is no such file; or one of its folders is none. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

/** Does something with the store's own files. @throws StoreUnavailableError, and other errors as they are */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && UNAVAILABLE.has(codeOf(error) ?? '')
      ? new StoreUnavailableError(error)
      : error;
  }
}

/** As `onDisk`; undefined when there is no such file. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  return onDisk(work).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}
