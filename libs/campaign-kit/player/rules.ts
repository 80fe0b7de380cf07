import type { Rules } from './page.js';

/** Why the campaign can't be played now; the key of the text that says so. */
export type Refusal = 'inactive' | 'early' | 'over' | 'limit';

/**
 * Checks the rules that a page can check by itself. Login, regions, rates and a global win rate need a server
 * and are left to whoever hosts the campaign.
 * @param plays how often this browser has played it
 */
export function refusal(rules: Rules, now: Date, plays: number): Refusal | undefined {
  if (!rules.active) return 'inactive';
  if (rules.start_date !== undefined && now < new Date(rules.start_date)) return 'early';
  if (rules.end_date !== undefined && now > endOf(rules.end_date)) return 'over';
  if (rules.max_plays_per_user !== undefined && plays >= rules.max_plays_per_user) return 'limit';
  return undefined;
}

/** A date without a time includes its whole day. */
function endOf(date: string): Date {
  const end = new Date(date);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(end.getTime() + 86_400_000 - 1) : end;
}

/** Counts plays in this browser; where storage is refused (a sandboxed frame), each visit starts at zero. */
export class PlayCount {
  private here = 0;
  constructor(private readonly campaignId: string) {}

  get(): number {
    try {
      return Math.max(this.here, Number(localStorage.getItem(this.key)) || 0);
    } catch {
      return this.here;
    }
  }

  add(): void {
    this.here = this.get() + 1;
    try {
      localStorage.setItem(this.key, String(this.here));
    } catch {
      // Kept for this visit.
    }
  }

  private get key(): string {
    return `cairn:plays:${this.campaignId}`;
  }
}
