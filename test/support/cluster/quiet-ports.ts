import { createServer } from 'node:net';

/** Below what systems hand out for outgoing connections, above where servers usually are. */
const LOWEST_PORT = 20_000;
const PORTS = 12_000;

/**
 * Ports of 127.0.0.1 that nobody uses now and nobody else is likely to take while a server on them is down: by
 * chance, from a range that systems do not hand out.
 */
export async function quietPorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
