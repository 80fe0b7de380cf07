interface Particle {
  x: number;
  y: number;
  vx: number;
  vy: number;
  age: number;
  readonly life: number;
  readonly size: number;
  readonly colour: string;
  readonly spin: number;
  readonly gravity: number;
}

const MOST = 320;

/** Confetti and sparks on a canvas over the page. Sizes in CSS pixels, times in seconds. */
export class Particles {
  private readonly context: CanvasRenderingContext2D | null;
  private particles: Particle[] = [];
  private running = false;

  /** `glow`: light that adds up; `paper`: opaque scraps that turn as they fall. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly kind: 'glow' | 'paper',
    private readonly colours: readonly string[],
  ) {
    this.context = canvas.getContext('2d');
  }

  /** Throws `count` particles from a point, at about `degrees` (0 is right, 90 is down), within `spread`. */
  burst(
    x: number,
    y: number,
    count: number,
    options: { degrees: number; spread: number; speed: number; life: number; size: number },
  ): void {
    for (let i = 0; i < count && this.particles.length < MOST; i++) {
      const angle = ((options.degrees + (Math.random() - 0.5) * options.spread) * Math.PI) / 180;
      const speed = options.speed * (0.35 + Math.random() * 0.65);
      this.particles.push({
        x,
        y,
        vx: Math.cos(angle) * speed,
        vy: Math.sin(angle) * speed,
        age: 0,
        life: options.life * (0.6 + Math.random() * 0.4),
        size: options.size * (0.5 + Math.random() * 0.5),
        colour: this.colours[Math.floor(Math.random() * this.colours.length)] ?? '#fff',
        spin: (Math.random() - 0.5) * 14,
        gravity: this.kind === 'paper' ? 420 : 520,
      });
    }
    if (!this.running) this.run();
  }

  private run(): void {
    this.running = true;
    this.canvas.width = this.canvas.clientWidth * Math.min(devicePixelRatio, 2);
    this.canvas.height = this.canvas.clientHeight * Math.min(devicePixelRatio, 2);
    let last: number | undefined;
    const frame = (now: number) => {
      const dt = Math.min(0.05, (now - (last ?? now)) / 1000);
      last = now;
      this.step(dt);
      this.draw();
      if (this.particles.length > 0) requestAnimationFrame(frame);
      else this.running = false;
    };
    requestAnimationFrame(frame);
  }

  private step(dt: number): void {
    const drag = this.kind === 'paper' ? 1.9 : 1.1;
    for (const p of this.particles) {
      p.age += dt;
      p.vx -= p.vx * drag * dt;
      p.vy += (p.gravity - p.vy * drag) * dt;
      p.x += p.vx * dt;
      p.y += p.vy * dt;
    }
    this.particles = this.particles.filter(p => p.age < p.life);
  }

  private draw(): void {
    const { context, canvas } = this;
    if (!context) return;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = this.kind === 'glow' ? 'lighter' : 'source-over';
    for (const p of this.particles) {
      const left = 1 - p.age / p.life;
      const turn = p.age * p.spin;
      context.setTransform(ratio, 0, 0, ratio, p.x * ratio, p.y * ratio);
      context.rotate(turn);
      context.globalAlpha = Math.min(1, left * 2.5);
      context.fillStyle = p.colour;
      // A scrap seen from its edge is thin: that is what makes it flutter.
      const height = this.kind === 'paper' ? p.size * Math.abs(Math.cos(turn * 1.7)) : p.size * 0.4;
      context.fillRect(-p.size / 2, -height / 2, p.size, Math.max(0.8, height));
      if (this.kind === 'glow') {
        context.globalAlpha *= 0.25;
        context.fillRect(-p.size, -height * 1.5, p.size * 2, height * 3);
      }
    }
    context.globalAlpha = 1;
  }
}
