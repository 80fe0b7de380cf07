import { errorOf, unreachable } from './api-error.js';
import type { Artifact } from './generated/openapi.js';

/** What an upload is. */
export interface UploadOptions {
  /** Artifact type: what a workflow asks for in its trigger, e.g. `image/logo`. */
  readonly type: string;
  readonly filename?: string;
  /** `sha256:…` of the bytes, where it is known: other bytes are refused. */
  readonly digest?: string;
  readonly signal?: AbortSignal;
}

export type UploadBody = Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>;

/**
 * Sends bytes, as a stream where they are one.
 * @throws CairnApiError
 */
export async function uploadTo(
  baseUrl: string,
  body: UploadBody,
  { type, filename, digest, signal }: UploadOptions,
  fetch: typeof globalThis.fetch,
): Promise<Artifact> {
  const query = new URLSearchParams({ type, ...(filename !== undefined && { filename }) });
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' };
  if (digest !== undefined) headers['content-digest'] = `sha-256=:${base64(digest)}:`;
  // What a stream needs; not every fetch's types know it.
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, signal, duplex: 'half' };
  const response = await fetch(`${baseUrl}/v1/artifacts?${query}`, init).catch((error: unknown) => {
    throw unreachable(baseUrl, error, signal);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOf(response.status, answer);
  return answer as Artifact;
}

const base64 = (digest: string) =>
  btoa(
    (digest.replace(/^sha256:/, '').match(/../g) ?? [])
      .map(byte => String.fromCharCode(Number.parseInt(byte, 16)))
      .join(''),
  );
