import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.json': 'application/json',
  '.mp4': 'video/mp4',
  '.wav': 'audio/wav',
};

/** The page of an ad host: the package in a frame that may run scripts and nothing else. */
const HOST = `<!doctype html><link rel="icon" href="data:,"><style>body{margin:0}</style>
<iframe id="slot" src="/index.html" sandbox="allow-scripts" allow="autoplay" style="border:0;width:100vw;height:100vh"></iframe>
<script>
addEventListener('message', event => {
  if (event.data.type === 'cairn:ready') event.source.postMessage({ type: 'cairn:start', muted: true, keys: false }, '*');
  if (event.data.type === 'cairn:outcome') document.title = event.data.outcome + ': ' + event.data.prize;
});
</script>`;

/** Serves a folder; `/host.html` is a page that shows it in a sandboxed frame. */
export async function serve(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/host.html') {
      response.setHeader('content-type', 'text/html').end(HOST);
      return;
    }
    readFile(join(folder, path)).then(
      bytes =>
        response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
