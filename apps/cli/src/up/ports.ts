import { createServer } from 'node:net';

/** Whether a server could listen there now. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * The first free port from `first` on, of a hundred; 0 (any) when all are taken. Nothing is reserved: whoever
 * listens there must be ready to find it taken.
 */
export async function nextFreePort(host: string, first: number): Promise<number> {
  for (let port = first; port < Math.min(first + 100, 65536); port++) {
    if (await isPortFree(host, port)) return port;
  }
  return 0;
}
