import { ConfigurationError, type Configuration } from '@cairn/configuration';
import type { DataSource } from '@cairn/dao';
import { isLoopback } from '../http/local-only.js';
import { KeyAuthority, localAuthority, type Authority } from './authority.js';

/**
 * Without an operator key the installation is of one machine, and needs no keys.
 * @throws ConfigurationError when that machine would let others in.
 */
export function authorityOf(
  { host, operatorKeyHash, ratePerMinute }: Configuration,
  dataSource: DataSource,
): Authority {
  if (operatorKeyHash !== undefined) return new KeyAuthority(dataSource, operatorKeyHash, ratePerMinute);
  if (isLoopback(host)) return localAuthority;
  throw new ConfigurationError(
    `CAIRN_HOST is ${JSON.stringify(host)}, where others than this machine reach the API: set CAIRN_OPERATOR_KEY, so that requests need keys, or CAIRN_HOST to 127.0.0.1`,
  );
}
