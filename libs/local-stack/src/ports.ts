import { createServer } from 'node:net';

const LOCALHOST = '127.0.0.1';

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isPortFree(port: number): Promise<boolean> {
  return listenOn(port).then(
    () => true,
    () => false,
  );
}

/**
 * A free port of 127.0.0.1: the first of `preferred` that is free, else the next free one above the last of them,
 * else any. Nothing is reserved: whoever uses it must be ready to find it taken and ask again.
 */
export async function freePort(
  preferred: readonly number[],
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  const last = preferred.at(-1) ?? 0;
  const above = Array.from({ length: 50 }, (_, index) => last + 1 + index);
  for (const port of [...preferred, ...above]) {
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  return listenOn(0);
}

function listenOn(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOCALHOST, exclusive: true }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
