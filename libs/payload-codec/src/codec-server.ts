import { timingSafeEqual, createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { EncryptionCodec } from './encryption-codec.js';
import { KeyRing, UnknownKeyError, WrongKeyError, type EncryptionKey } from './key-ring.js';

/** A page of Temporal's UI has some hundred payloads of two megabytes at most. Bytes. */
const MOST_BODY = 64 * 1024 * 1024;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const { Payloads } = proto.temporal.api.common.v1;

export interface CodecServerSettings {
  readonly keys: readonly EncryptionKey[];
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** The origin of Temporal's UI, e.g. `http://127.0.0.1:8233`: no other page is answered. */
  readonly origin?: string | undefined;
  /** What requests must carry as `Authorization: Bearer …`; without one only this machine is answered. */
  readonly token?: string | undefined;
}

export interface CodecServer {
  /** E.g. `http://127.0.0.1:8888`. */
  readonly url: string;
  close(): Promise<void>;
}

/** An answer that is not what was asked for. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Serves Temporal's UI and its command (`--codec-endpoint`) what is encrypted, decrypted, and the other way round: the
 * protocol of Temporal's remote codecs, `POST /decode` and `/encode` of `{"payloads": […]}` in Protobuf's JSON.
 *
 * @throws the server's own error when it cannot listen, e.g. EADDRINUSE
 */
export async function startCodecServer(settings: CodecServerSettings): Promise<CodecServer> {
  const codec = new EncryptionCodec(new KeyRing(settings.keys));
  const server = createServer((request, response) => {
    answer(request, response, codec, settings).catch((error: unknown) => {
      const status = error instanceof Refusal ? error.status : isKeyTrouble(error) ? 422 : 400;
      if (!response.headersSent) send(response, status, { message: (error as Error).message });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  codec: EncryptionCodec,
  { origin: allowed, token }: CodecServerSettings,
): Promise<void> {
  const { origin, host = '' } = request.headers;
  if (origin !== undefined) {
    if (origin !== allowed) throw new Refusal(403, `a page of ${origin} is not answered`);
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Vary', 'Origin');
  }
  // A page can point a name of its own at this machine.
  if (token === undefined && !LOOPBACK.test(host.replace(/:\d+$/, '')))
    throw new Refusal(403, `${JSON.stringify(host)} is not this server`);
  if (request.method === 'OPTIONS') {
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Allow-Headers', 'content-type, authorization, x-namespace');
    return send(response, 204);
  }
  if (token !== undefined && !isSame(request.headers.authorization, `Bearer ${token}`))
    throw new Refusal(401, 'Authorization: Bearer … is missing or wrong');
  const [path] = (request.url ?? '').split('?', 1);
  const work = path?.endsWith('/decode') ? 'decode' : path?.endsWith('/encode') ? 'encode' : undefined;
  if (!work) throw new Refusal(404, 'there is /decode and /encode');
  if (request.method !== 'POST') throw new Refusal(405, 'POST it');
  const { payloads } = Payloads.fromObject(JSON.parse(await bodyOf(request)) as Record<string, unknown>);
  const done = await codec[work](payloads as Payload[]);
  send(response, 200, Payloads.toObject(Payloads.fromObject({ payloads: done }), { bytes: String }));
}

function send(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, body && { 'content-type': 'application/json' });
  response.end(body && JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) throw new Refusal(413, `at most ${MOST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isKeyTrouble = (error: unknown) => error instanceof UnknownKeyError || error instanceof WrongKeyError;
const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (given: string | undefined, wanted: string) =>
  given !== undefined && timingSafeEqual(digest(given), digest(wanted));
