import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { http, ValidationError } from '@cairn/dto';
import type { AddressRules } from './address-rules.js';

/** The longest URL that is taken. Characters. */
export const MOST_URL = http.MOST_WEBHOOK_URL;

/** Below this are services that speak other protocols than HTTP; its own two are taken. */
const FIRST_FREE_PORT = 1024;
const HTTP_PORTS = [80, 443];

/** A webhook would have gone to an address that the rules refuse. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/**
 * What of a URL can be judged without asking for the address of its host: that is judged whenever something is sent,
 * by {@link checkedLookup}.
 *
 * @returns the URL as it is used.
 * @throws ValidationError at `/url`
 */
export function checkUrl(text: string, rules: AddressRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const host = url && hostOf(url);
  if (!url || !['http:', 'https:'].includes(url.protocol) || !host) throw refuse('it must be an https URL');
  if (text.length > MOST_URL) throw refuse(`it may have ${MOST_URL} characters`);
  if (url.username || url.password) throw refuse('it must not carry a user name or password');
  if (url.hash) throw refuse('it must not carry a fragment');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (port < FIRST_FREE_PORT && !HTTP_PORTS.includes(port))
    throw refuse(`it must not name port ${port}: below ${FIRST_FREE_PORT} only 80 and 443 are taken`);
  if (isIP(host) && !rules.permits(host))
    throw refuse(`${host} is no public address, and CAIRN_WEBHOOK_ALLOW does not name it`);
  if (url.protocol === 'http:' && (isIP(host) ? !rules.isAllowed(host) : rules.allow.length === 0))
    throw refuse('it must be an https URL: http is for addresses that CAIRN_WEBHOOK_ALLOW names');
  return url;
}

const refuse = (message: string) =>
  new ValidationError([{ path: '/url', code: 'VALIDATION_ERROR', message }], 'The webhook');

/** The host without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Whether something may be sent to an address over a protocol: without TLS only to what is allowed by name.
 * @throws AddressRefusedError
 */
export function assertReachable(address: string, protocol: string, rules: AddressRules): void {
  if (!rules.permits(address))
    throw new AddressRefusedError(
      `${address} is no public address, and CAIRN_WEBHOOK_ALLOW does not name it`,
    );
  if (protocol === 'http:' && !rules.isAllowed(address))
    throw new AddressRefusedError(
      `${address} is reached by https only: CAIRN_WEBHOOK_ALLOW does not name it`,
    );
}

/**
 * The look-up of a connection that hands on only addresses which the rules permit. The connection is made to the very
 * address that was checked, so a name that changes its address in between (DNS rebinding) gains nothing.
 */
export function checkedLookup(
  protocol: string,
  rules: AddressRules,
  ask: Resolver = resolve,
): LookupFunction {
  return (hostname, options, callback) => {
    ask(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const reachable: LookupAddress[] = [];
      let refusal: unknown;
      for (const entry of found)
        try {
          assertReachable(entry.address, protocol, rules);
          reachable.push(entry);
        } catch (refused) {
          refusal = refused;
        }
      const [first] = reachable;
      if (!first) return callback((refusal ?? new Error(`${hostname} has no address`)) as Error, '');
      if (options.all) callback(null, reachable);
      else callback(null, first.address, first.family);
    });
  };
}

/** How the addresses of a name are asked for: `dns.lookup`, as its overload for all addresses. */
export type Resolver = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;
