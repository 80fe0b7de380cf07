import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from '@cairn/local-stack';
import { SEARCH_ATTRIBUTES } from '../temporal/search-attributes.js';

export interface TestTemporal {
  readonly address: string;
  stop(): Promise<void>;
}

/** The Temporal of CAIRN_TEST_TEMPORAL_ADDRESS, which has Cairn's search attributes; without it, one of its own. */
export async function startTestTemporal(): Promise<TestTemporal> {
  const given = process.env['CAIRN_TEST_TEMPORAL_ADDRESS'];
  if (given) return { address: given, stop: async () => undefined };
  const home = await mkdtemp(join(tmpdir(), 'cairn-api-temporal-'));
  const temporal = await startTemporal({
    home,
    searchAttributes: SEARCH_ATTRIBUTES,
    preferredPorts: [],
    preferredUiPorts: [],
    log: () => undefined,
  });
  return {
    address: temporal.address,
    stop: async () => {
      await temporal.process.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
