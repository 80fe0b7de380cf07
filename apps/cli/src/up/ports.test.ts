import { expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { isPortFree, nextFreePort } from './ports.js';

test('a taken port is passed over', async () => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree('127.0.0.1', port)).toBe(false);
  expect(await nextFreePort('127.0.0.1', port)).toBeGreaterThan(port);
  await new Promise(resolve => server.close(resolve));
  expect(await nextFreePort('127.0.0.1', port)).toBe(port);
});
