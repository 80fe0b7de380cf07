/** Counts the playing time down. Time while the page is hidden does not count. */
export class Countdown {
  private left: number;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly totalMs: number,
    private readonly onChange: (leftMs: number, fraction: number) => void,
    private readonly onEnd: () => void,
  ) {
    this.left = totalMs;
    onChange(totalMs, 1);
  }

  start(): void {
    if (this.timer !== undefined) return;
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      if (!document.hidden) this.left = Math.max(0, this.left - (now - last));
      last = now;
      this.onChange(this.left, this.left / this.totalMs);
      if (this.left > 0) return;
      this.stop();
      this.onEnd();
    }, 100);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  reset(): void {
    this.stop();
    this.left = this.totalMs;
    this.onChange(this.left, 1);
  }
}
