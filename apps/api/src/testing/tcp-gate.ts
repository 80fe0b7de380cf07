import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A port in front of a real server that can be shut: an outage at the wire. */
export interface TcpGate {
  readonly port: number;
  /** Cuts every connection and refuses new ones. */
  shut(): Promise<void>;
  /** Lets connections through again, on the same port. */
  open(): Promise<void>;
  /** From now on what clients send arrives so much later. Milliseconds. */
  slow(ms: number): void;
}

/** A gate on 127.0.0.1 in front of `target` (host:port); it begins open. */
export async function openGate(target: string): Promise<TcpGate> {
  const [host, targetPort] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let lagMs = 0;
  const send = (near: Socket, far: Socket) => {
    let before: Promise<unknown> = Promise.resolve();
    near.on('data', chunk => {
      // After what was sent before it, also when the lag gets shorter.
      before = Promise.all([before, delay(lagMs)]).then(() => far.write(chunk));
    });
  };
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const open = async () => {
    server = createServer(near => {
      const far = connect(Number(targetPort), host);
      keep(near, far);
      keep(far, near);
      send(near, far);
      far.pipe(near);
    });
    await new Promise<void>((resolve, reject) => {
      server!.once('error', reject);
      server!.listen(port, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  };
  await open();
  return {
    port,
    open,
    slow: ms => {
      lagMs = ms;
    },
    shut: async () => {
      const closed = new Promise(resolve => (server?.listening ? server.close(resolve) : resolve(undefined)));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
