import { isDatabaseUnavailable } from '@cairn/dao';
import { Courier, type CourierParts, type CourierSettings } from '@cairn/webhooks';

/** The longest pause between two looks, whoever calls or not. Milliseconds. */
const PAUSE_MS = 1_000;
/** The shortest: what comes meanwhile is sent together. Milliseconds. */
const BREATH_MS = 10;

/** Lets the courier look again and again: when it is called, when something is due, and else every second. */
export class WebhookLoop {
  private readonly courier: Courier;
  private stopped = false;
  private running: Promise<void> | undefined;
  private called = false;
  private ring: () => void = () => undefined;

  constructor(
    private readonly parts: CourierParts,
    settings: Partial<CourierSettings> = {},
  ) {
    this.courier = new Courier(parts, settings, () => this.call());
  }

  start(): void {
    this.running ??= this.run();
  }

  /** There is something new. */
  call(): void {
    this.called = true;
    this.ring();
  }

  /** Begins nothing more, and lets attempts that are under way end. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.ring();
    await this.running;
    await this.courier.stop();
  }

  private async run(): Promise<void> {
    let trouble: string | undefined;
    while (!this.stopped) {
      let pause = PAUSE_MS;
      let now: string | undefined;
      try {
        this.called = false;
        pause = Math.min(PAUSE_MS, (await this.courier.tick()) ?? PAUSE_MS);
      } catch (error) {
        now = isDatabaseUnavailable(error) ? 'PostgreSQL cannot be reached' : (error as Error).message;
      }
      if (now !== undefined && now !== trouble)
        this.parts.log.warn({ error: now }, 'webhooks cannot be served for now');
      trouble = now;
      await this.rest(Math.max(pause, BREATH_MS));
    }
  }

  private async rest(ms: number): Promise<void> {
    if (this.stopped) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.called ? BREATH_MS : ms);
      this.ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.ring = () => undefined;
  }
}
