import { createCairnClient, type CairnClient } from '@cairn/client';
import type { ApiOptions } from '../commands/options.js';
import { CliError, EXIT } from '../errors.js';
import { homeOf } from '../places.js';
import type { Shell } from '../shell.js';
import { readApiRecord } from '../up/api-record.js';

/** Where an API may be, and what says so. */
export interface ApiPlace {
  readonly url: string;
  readonly from: '--url' | 'CAIRN_URL' | 'cairn up' | 'default';
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/**
 * Where the API is: what was typed, what the environment says, what a running `cairn up` of this home recorded, or
 * where one is by default.
 * @throws CliError with exit code 2 for something that is no http URL
 */
export function apiPlace(options: ApiOptions, env: Shell['env']): ApiPlace {
  const given = env.CAIRN_URL?.trim();
  if (options.url !== undefined) return { url: checked(options.url, '--url'), from: '--url' };
  if (given) return { url: checked(given, 'CAIRN_URL'), from: 'CAIRN_URL' };
  const record = readApiRecord(homeOf(env));
  return record ? { url: record.url, from: 'cairn up' } : { url: DEFAULT_URL, from: 'default' };
}

function checked(url: string, name: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (['http:', 'https:'].includes(protocol)) return url.replace(/\/+$/, '');
  throw new CliError(
    `${name} is ${JSON.stringify(url)}, but it must be a URL such as ${DEFAULT_URL}`,
    EXIT.usage,
  );
}

/** The key that requests carry: CAIRN_API_KEY. It is no option, because others can read command lines. */
export const apiKeyOf = (env: Shell['env']): string | undefined => env.CAIRN_API_KEY?.trim() || undefined;

/** A client of that API, whose calls end when the command is interrupted. */
export function openApi(options: ApiOptions, { env, controller }: Shell): CairnClient {
  const { url } = apiPlace(options, env);
  return createCairnClient({
    baseUrl: url,
    apiKey: apiKeyOf(env),
    fetch: interruptible(controller.signal),
  });
}

const interruptible =
  (signal: AbortSignal): typeof globalThis.fetch =>
  (input, init = {}) => {
    const own = input instanceof Request ? input.signal : init.signal;
    return fetch(input, { ...init, signal: own ? AbortSignal.any([own, signal]) : signal });
  };
