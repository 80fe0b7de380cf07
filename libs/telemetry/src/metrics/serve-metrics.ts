import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface ServedMetrics {
  /** Where a scraper finds them. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves metrics at `/metrics`, on a listener of their own: who may call the API need not see them.
 *
 * @param others metrics in the same format that others keep, as Temporal's SDK does; what cannot be had is left out
 * @throws the server's own error when it cannot listen, e.g. EADDRINUSE
 */
export async function serveMetrics(
  registry: Registry,
  { host, port }: { readonly host: string; readonly port: number },
  others: () => Promise<string> = () => Promise.resolve(''),
): Promise<ServedMetrics> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?', 1)[0] === '/metrics';
    if (!isAsked) return void response.writeHead(404).end();
    Promise.all([registry.metrics(), others().catch(() => '')]).then(
      ([own, more]) => response.writeHead(200, { 'content-type': registry.contentType }).end(own + more),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
