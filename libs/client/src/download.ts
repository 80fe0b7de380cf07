import { errorOf, unreachable } from './api-error.js';

/** An artifact on its way. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  /** Bytes. */
  readonly size: number;
  /** `sha256:…` of the bytes; the caller checks it. */
  readonly digest: string;
  readonly mediaType: string;
}

/**
 * Opens the content of an artifact.
 * @throws CairnApiError
 */
export async function downloadFrom(
  url: string,
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
): Promise<Download> {
  // Identity, because the size and the digest are those of the bytes themselves.
  const asked = fetch(url, { signal, headers: { 'accept-encoding': 'identity' } });
  const response = await asked.catch((error: unknown) => {
    throw unreachable(new URL(url).origin, error, signal);
  });
  if (!response.ok || response.body === null)
    throw errorOf(response.status, await response.json().catch(() => undefined));
  return {
    stream: response.body,
    size: Number(response.headers.get('content-length')),
    digest: (response.headers.get('etag') ?? '').replaceAll('"', ''),
    mediaType: response.headers.get('content-type') ?? 'application/octet-stream',
  };
}
