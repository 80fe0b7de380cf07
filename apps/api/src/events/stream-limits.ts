import { ApiError } from '../http/api-error.js';

/** Streams that one tenant may have open at one process of the API. */
export const MOST_STREAMS = 500;
/** And one key of it, or whoever else asks. */
export const MOST_STREAMS_OF_CALLER = 100;

/** Counts the streams that are open. */
export class StreamLimits {
  private readonly open = new Map<string, number>();

  /**
   * Takes a place for a stream.
   * @returns gives it back
   * @throws ApiError RATE_LIMITED when there is none
   */
  take(tenantId: string, caller: string): () => void {
    const counts = [
      { name: `tenant ${tenantId}`, most: MOST_STREAMS },
      { name: `caller ${tenantId} ${caller}`, most: MOST_STREAMS_OF_CALLER },
    ];
    for (const { name, most } of counts)
      if ((this.open.get(name) ?? 0) >= most)
        throw new ApiError('RATE_LIMITED', `There are ${most} streams open already`, { 'Retry-After': '10' });
    for (const { name } of counts) this.open.set(name, (this.open.get(name) ?? 0) + 1);
    return () => {
      for (const { name } of counts) {
        const left = this.open.get(name)! - 1;
        if (left > 0) this.open.set(name, left);
        else this.open.delete(name);
      }
    };
  }
}
