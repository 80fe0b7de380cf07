/** Work that many ask for at once and that is done once for all of them. */
export class Shared<T> {
  private readonly running = new Map<string, Promise<T>>();

  /** Does the work, or joins who does it under this key. */
  do(key: string, work: () => Promise<T>): Promise<T> {
    let result = this.running.get(key);
    if (!result) {
      result = work().finally(() => this.running.delete(key));
      this.running.set(key, result);
    }
    return result;
  }
}
