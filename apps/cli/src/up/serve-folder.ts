import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import send from 'send';

export interface FolderServer {
  readonly url: string;
  stop(): Promise<void>;
}

const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Serves the files of a folder, on 127.0.0.1 only: types, ranges (browsers play no video without) and validators, and
 * nothing outside the folder or under a name that starts with a dot.
 * @param home where `/` leads, e.g. `/neon-nights/`
 * @param port tried first; any free one if it is taken meanwhile
 */
export async function serveFolder(folder: string, home: string, port: number): Promise<FolderServer> {
  const server = createServer((request, response) => answer(folder, home, request, response));
  const listen = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port).catch(() => listen(0));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(folder: string, home: string, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, text: string) => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  // A page elsewhere can point its own name at this machine; under that name it gets nothing.
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!LOCAL_NAMES.has(name)) return refuse(421, 'This server answers to 127.0.0.1 and localhost only.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'GET and HEAD only.');
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/') return void response.writeHead(302, { Location: encodeURI(home) }).end();
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // The next build replaces the folder: what a browser holds is asked for again, and answered 304.
  send(request, path, { root: folder, dotfiles: 'ignore', cacheControl: false })
    .on('headers', (answered: ServerResponse) => answered.setHeader('Cache-Control', 'no-cache'))
    .on('error', (error: { status?: number }) => refuse(error.status ?? 500, 'Not there.'))
    .pipe(response);
}
