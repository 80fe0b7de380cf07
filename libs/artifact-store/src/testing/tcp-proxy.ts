import { createServer, connect, type Socket } from 'node:net';

/** A way to a server that can be disturbed. */
export interface TcpProxy {
  readonly url: string;
  /**
   * What happens to the answers from now on: they pass, or they `stall` or are `cut` after so many bytes, each on its
   * connection, so many connections at most.
   */
  disturb(how: 'pass' | 'stall' | 'cut', afterBytes?: number, connections?: number): void;
  /** How many answers were disturbed. */
  readonly disturbed: number;
  close(): Promise<void>;
}

/** Listens on a port of 127.0.0.1 and hands on to another one. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  let how: 'pass' | 'stall' | 'cut' = 'pass';
  let after = 0;
  let left = 0;
  let disturbed = 0;
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    let silent = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', bytes => upstream.write(bytes));
    let passed = 0;
    upstream.on('data', bytes => {
      if (silent) return;
      passed += bytes.length;
      if (how === 'pass' || passed <= after || left <= 0) return void client.write(bytes);
      left -= 1;
      disturbed += 1;
      if (how === 'cut') client.destroy();
      else silent = true;
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${(address as { port: number }).port}`,
    disturb: (what, afterBytes = 0, connections = Infinity) => {
      how = what;
      after = afterBytes;
      left = connections;
      // Connections that were idle begin anew, so that bytes are counted from here.
      for (const socket of sockets) socket.destroy();
    },
    get disturbed() {
      return disturbed;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise(resolve => void server.close(() => resolve()));
    },
  };
}
