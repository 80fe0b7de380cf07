import type { Artifact } from '@cairn/dao';
import { isInert, mediaTypeOf } from './media-type.js';

/** A document of ours must not act with the rights of this origin: no script, no form, no request. */
const SANDBOX =
  "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'";

/** The headers that every answer about an artifact's content has. */
export function contentHeaders(artifact: Artifact): Record<string, string> {
  const mediaType = mediaTypeOf(artifact);
  const disposition = isInert(mediaType) ? 'inline' : 'attachment';
  return {
    'Content-Type': mediaType,
    'Content-Disposition': withFilename(disposition, artifact.filename ?? artifact.name),
    'Content-Security-Policy': SANDBOX,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Accept-Ranges': 'bytes',
    // The bytes of an artifact never change; who may read it may.
    'Cache-Control': 'private, max-age=31536000, immutable',
    ETag: `"${artifact.contentHash}"`,
  };
}

/** RFC 6266: a plain name for old clients, and the real one in UTF-8 (RFC 8187) where they differ. */
export function withFilename(disposition: string, filename: string): string {
  const name = filename.split(/[/\\]/).at(-1) ?? '';
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  if (plain === name) return `${disposition}; filename="${plain}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
