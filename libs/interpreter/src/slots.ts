import { condition } from '@temporalio/workflow';

/** Work that is under way at once, bounded. */
export class Slots {
  private used = 0;

  constructor(private readonly most: number) {}

  async hold<T>(work: () => Promise<T>): Promise<T> {
    while (this.used >= this.most) await condition(() => this.used < this.most);
    this.used += 1;
    try {
      return await work();
    } finally {
      this.used -= 1;
    }
  }
}
