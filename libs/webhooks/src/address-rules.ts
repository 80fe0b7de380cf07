import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that is not the public internet, by the IANA registry of special-purpose addresses, and one public address that
 * is a cloud's own: Azure answers its machines there. The other clouds' are link-local, CGNAT or unique local.
 */
const REFUSED_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
];
/** Of IPv6 only this is the public internet: not loopback, link-local, unique local, multicast, mapped IPv4 or NAT64 … */
const PUBLIC_V6 = ['2000::/3'];
/** … without protocol assignments (Teredo among them), documentation, and 6to4, which wraps any IPv4 address. */
const REFUSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Loopback: what an installation on one machine allows. */
export const LOOPBACK = ['127.0.0.0/8', '::1'];

/** To which addresses webhooks are sent: to the public internet, and to what is allowed besides. */
export class AddressRules {
  private readonly allowed: BlockList;

  /**
   * @param allow addresses and networks as in `10.0.0.0/8` and `::1`
   * @throws when one of them is neither
   */
  constructor(readonly allow: readonly string[] = []) {
    this.allowed = listOf(allow);
  }

  /** Whether an address was allowed by name: there a webhook needs no TLS. */
  isAllowed(address: string): boolean {
    return within(this.allowed, address);
  }

  /** Whether a webhook may be sent to an address. */
  permits(address: string): boolean {
    if (this.isAllowed(address)) return true;
    if (isIP(address) === 4) return !within(refusedV4, address);
    return isIP(address) === 6 && within(publicV6, address) && !within(refusedV6, address);
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

const refusedV4 = listOf(REFUSED_V4);
const publicV6 = listOf(PUBLIC_V6);
const refusedV6 = listOf(REFUSED_V6);

const within = (list: BlockList, address: string) =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
