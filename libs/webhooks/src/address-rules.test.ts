import { describe, expect, test } from '@jest/globals';
import { AddressRules } from './address-rules.js';

// Edges of each network: the last address before it, its first, its last, the first after it.
const REFUSED = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
  ...['127.0.0.1', '127.255.255.255', '169.254.0.1', '169.254.169.254', '172.16.0.0', '172.31.255.255'],
  ...[
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.0',
    '198.19.255.255',
  ],
  ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['168.63.129.16', '100.100.100.200', '192.0.0.192'],
  ...[
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '100::1',
  ],
  ...['2001::1', '2001:1ff:ffff::1', '2001:db8::1', '2002:a00:1::1', '3fff::1', '4000::1', '1fff::1'],
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1', '::127.0.0.1'],
];
const PERMITTED = [
  ...[
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
  ],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.15'],
  ...['2000::1', '2001:200::1', '2606:4700::1111', '2003::1', '3ffe::1'],
];

describe('without anything allowed', () => {
  const rules = new AddressRules();
  test.each(REFUSED)('%s is refused', address => {
    expect(rules.permits(address)).toBe(false);
  });
  test.each(PERMITTED)('%s is permitted, by https', address => {
    expect([rules.permits(address), rules.isAllowed(address)]).toEqual([true, false]);
  });
  test.each(['', 'localhost', '127.1', '0x7f.0.0.1', '1.1.1.1/32'])('%j is no address', text => {
    expect(rules.permits(text)).toBe(false);
  });
});

test('what is allowed by name is allowed, and nothing beside it', () => {
  const rules = new AddressRules(['10.1.0.0/16', '127.0.0.1', 'fd00::/8', '::1']);
  const allowed = ['10.1.0.0', '10.1.255.255', '127.0.0.1', '::ffff:127.0.0.1', 'fd12::1', '::1'];
  expect(allowed.filter(address => !rules.permits(address) || !rules.isAllowed(address))).toEqual([]);
  const others = ['10.0.255.255', '10.2.0.0', '127.0.0.2', '::2', 'fc00::1', '169.254.169.254'];
  expect(others.filter(address => rules.permits(address))).toEqual([]);
});
