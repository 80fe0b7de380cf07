import { readFile } from 'node:fs/promises';
import type { Configuration } from '@cairn/configuration';
import { encryptingConverter } from '@cairn/payload-codec';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type BackoffOptions,
} from '@temporalio/client';

/** A broken connection fails its first call; two more tries, soon, and then it is the reconciler's turn. */
const RETRY: Partial<BackoffOptions> = {
  maxAttempts: 3,
  initialIntervalMs: () => 50,
  maxIntervalMs: () => 200,
};
/** By default a server that was away is tried again after up to two minutes. Milliseconds. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 1_000 };

/** A client that connects when it is first used and again whenever it must, so that Temporal may come and go. */
export async function temporalClient(configuration: Configuration): Promise<Client> {
  const { temporalAddress, temporalApiKey, temporalNamespace, temporalTls } = configuration;
  const { certPath, keyPath, caPath } = temporalTls ?? {};
  const ca = caPath === undefined ? undefined : await readFile(caPath);
  const pair =
    certPath && keyPath ? { crt: await readFile(certPath), key: await readFile(keyPath) } : undefined;
  const connection = Connection.lazy({
    address: temporalAddress,
    channelArgs: RECONNECT,
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions(RETRY))],
    ...(temporalApiKey !== undefined && { apiKey: temporalApiKey, tls: true }),
    ...(temporalTls !== undefined && {
      tls: { ...(ca && { serverRootCACertificate: ca }), ...(pair && { clientCertPair: pair }) },
    }),
  });
  const interceptors = configuration.tracing && {
    workflow: [(await import('../telemetry/trace-starts.js')).traceStarts()],
  };
  return new Client({
    connection,
    namespace: temporalNamespace,
    dataConverter: encryptingConverter(configuration.encryptionKeys),
    ...(interceptors && { interceptors }),
  });
}
