import { isIP } from 'node:net';

/** How events are sent to webhooks. What is absent has a value where it is used. */
export interface WebhookConfiguration {
  /**
   * CAIRN_WEBHOOK_ALLOW: addresses and networks beside the public internet, as in `10.0.0.0/8,::1`; `none` for no
   * others. Absent: this machine, where no request needs a key; else none.
   */
  readonly allow?: readonly string[];
  /** CAIRN_WEBHOOK_TIMEOUT: for one attempt. Milliseconds. */
  readonly timeoutMs?: number;
  /** CAIRN_WEBHOOK_RETRY: between an attempt that failed and the next one, in turn, as in `5s,1m,1h`. Milliseconds. */
  readonly retryAfterMs?: readonly number[];
  /** CAIRN_WEBHOOK_DISABLE_AFTER: a webhook at which nothing has arrived for so long is disabled. Milliseconds. */
  readonly disableAfterMs?: number;
}

/** How values are read, and what a bad one leads to. */
export interface Reading {
  readonly text: (name: string) => string | undefined;
  readonly refuse: (name: string, rule: string) => never;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 30 * UNITS['d']!;

/** @throws ConfigurationError naming the variable, its value and the rule. */
export function readWebhooks({ text, refuse }: Reading): WebhookConfiguration {
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map(item => item.trim());
  const allow = () => {
    const networks = list('CAIRN_WEBHOOK_ALLOW');
    if (networks?.length === 1 && networks[0] === 'none') return [];
    return networks?.every(isNetwork) === false
      ? refuse('CAIRN_WEBHOOK_ALLOW', 'it must be addresses and networks, like 10.0.0.0/8,::1, or none')
      : networks;
  };
  const duration = (name: string) => {
    const value = text(name);
    const ms = value === undefined ? undefined : milliseconds(value);
    return value !== undefined && ms === undefined
      ? refuse(name, 'it must be a duration of at most 30d, like 15s, 12h or 5d')
      : ms;
  };
  const durations = (name: string) => {
    const values = list(name)?.map(milliseconds);
    return values?.every(value => value !== undefined) === false || (values && values.length > 20)
      ? refuse(name, 'it must be at most 20 durations, like 5s,1m,1h')
      : values?.map(Number);
  };
  const timeoutMs = duration('CAIRN_WEBHOOK_TIMEOUT');
  if (timeoutMs !== undefined && (timeoutMs < 100 || timeoutMs > 60_000))
    refuse('CAIRN_WEBHOOK_TIMEOUT', 'it must be from 100ms to 60s');
  return {
    allow: allow(),
    timeoutMs,
    retryAfterMs: durations('CAIRN_WEBHOOK_RETRY'),
    disableAfterMs: duration('CAIRN_WEBHOOK_DISABLE_AFTER'),
  };
}

function milliseconds(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = unit === undefined ? Infinity : Number(count) * UNITS[unit]!;
  return ms > LONGEST_MS ? undefined : ms;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
