import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.ogg': 'audio/ogg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};

/** The media type of an artifact: what its file name says, or else the kind of document that its type names. */
export function mediaTypeOf({ type, filename }: { type: string; filename: string | null }): string {
  const byName = BY_EXTENSION[extname(filename ?? '').toLowerCase()];
  if (byName !== undefined) return byName;
  return type.startsWith('json/') ? 'application/json' : 'application/octet-stream';
}

/** What a browser shows without running anything of it; all else is offered for download. */
export const isInert = (mediaType: string): boolean =>
  /^(image\/(?!svg)|audio\/|video\/|application\/json$|text\/plain)/.test(mediaType);
