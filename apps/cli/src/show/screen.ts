import { createLogUpdate } from 'log-update';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Draws the lines of an area that is redrawn in place; `tick` counts the redraws. */
export type Draw = (size: Size, tick: number) => readonly string[];

/** Where the command writes: a terminal that can redraw, or anything else, a line at a time. */
export interface Screen {
  /** Whether an area can be redrawn in place. */
  readonly live: boolean;
  readonly colours: Colours;
  readonly size: Size;
  /** Writes a line that stays, above the live area if there is one. */
  line(text?: string): void;
  /** Shows a live area until it is replaced or ended; does nothing where `live` is false. */
  show(draw: Draw): void;
  /** Ends the live area; `keep` leaves its last state on the screen. */
  end(keep?: boolean): void;
}

const REDRAW_EVERY_MS = 80;
type Environment = Readonly<Record<string, string | undefined>>;

/** Cursor movements are for a person at a terminal, and not for one who asked for none of it. */
export function canRedraw(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  const refused = Boolean(env.CI && env.CI !== 'false') || Boolean(env.NO_COLOR) || env.TERM === 'dumb';
  return stream.isTTY === true && !refused;
}

export function createScreen(stream: NodeJS.WriteStream, env: Environment): Screen {
  // A reader that has gone (`| head`, a closed terminal) must not end the work.
  stream.on('error', () => undefined);
  return canRedraw(stream, env) ? new LiveScreen(stream) : new PlainScreen(stream);
}

class PlainScreen implements Screen {
  readonly live = false;
  readonly colours = pc.createColors(false);
  readonly size: Size = { columns: 100, rows: Infinity };

  constructor(private readonly stream: NodeJS.WriteStream) {}

  line(text = ''): void {
    this.stream.write(`${text}\n`);
  }
  show(): void {}
  end(): void {}
}

class LiveScreen implements Screen {
  readonly live = true;
  readonly colours = pc.createColors(true);
  private readonly update: ReturnType<typeof createLogUpdate>;
  private draw?: Draw;
  private tick = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.update = createLogUpdate(stream);
  }

  get size(): Size {
    return { columns: this.stream.columns || 80, rows: this.stream.rows || 24 };
  }

  line(text = ''): void {
    this.update.clear();
    this.stream.write(`${text}\n`);
    this.redraw();
  }

  show(draw: Draw): void {
    this.draw = draw;
    this.redraw();
    this.timer ??= setInterval(() => {
      this.tick++;
      this.redraw();
    }, REDRAW_EVERY_MS);
  }

  end(keep = false): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (!this.draw) return;
    if (keep) this.redraw();
    else this.update.clear();
    this.update.done();
    this.draw = undefined;
  }

  private redraw(): void {
    if (this.draw) this.update(this.draw(this.size, this.tick).join('\n'));
  }
}
