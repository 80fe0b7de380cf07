import { readFile } from 'node:fs/promises';
import { NativeConnection } from '@temporalio/worker';
import type { Configuration } from '@cairn/configuration';

/** Connects to Temporal as the environment says: an address, and for a cluster beyond this machine TLS or a key. */
export async function connectToTemporal(configuration: Configuration): Promise<NativeConnection> {
  const { temporalAddress, temporalApiKey, temporalTls } = configuration;
  const { certPath, keyPath, caPath } = temporalTls ?? {};
  const ca = caPath === undefined ? undefined : await readFile(caPath);
  const pair =
    certPath && keyPath ? { crt: await readFile(certPath), key: await readFile(keyPath) } : undefined;
  return NativeConnection.connect({
    address: temporalAddress!,
    ...(temporalApiKey !== undefined && { apiKey: temporalApiKey, tls: true }),
    ...(temporalTls !== undefined && {
      tls: { ...(ca && { serverRootCACertificate: ca }), ...(pair && { clientCertPair: pair }) },
    }),
  });
}
