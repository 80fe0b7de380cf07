import { sha256 } from '@cairn/canonical';
import type { BundleManifest } from '@cairn/dto';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  png: 'image/png',
  mp4: 'video/mp4',
};

/** The MIME type that a path's extension stands for. */
export function contentType(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** Describes a bundle's files. The id follows from the content: the same game has the same id. */
export function describeBundle(
  files: ReadonlyMap<string, Uint8Array>,
  bundle: Uint8Array,
  template: { readonly template_id: string; readonly version: string },
): BundleManifest {
  const paths = [...files.keys()].sort();
  const ofType = (prefix: string) => paths.filter(path => contentType(path).startsWith(prefix));
  const checksum = sha256(bundle);
  const digest = checksum.slice('sha256:'.length);
  let total = 0;
  for (const bytes of files.values()) total += bytes.length;
  return {
    bundle_id: `${template.template_id}-${digest.slice(0, 16)}`,
    template_id: template.template_id,
    version: template.version,
    created_at: '1980-01-01T00:00:00Z',
    entry_point: 'index.html',
    checksum,
    files: paths.map(path => {
      const bytes = files.get(path) as Uint8Array;
      return {
        path,
        size_bytes: bytes.length,
        content_type: contentType(path),
        checksum: sha256(bytes).slice('sha256:'.length, 'sha256:'.length + 16),
      };
    }),
    assets: {
      images: ofType('image/'),
      audio: ofType('audio/'),
      video: ofType('video/'),
      models: [],
      configs: ofType('application/json'),
    },
    metadata: {
      total_size_bytes: total,
      file_count: paths.length,
      optimizations_applied: ['minified-script', 'inlined-script-and-style', 'subset-fonts'],
    },
  };
}
