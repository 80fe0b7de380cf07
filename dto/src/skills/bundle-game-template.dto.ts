import { Type, type Static } from 'typebox';
import { KitId, Sha256, Version, closed, oneOf } from '../types/scalars.js';

/** A path inside the bundle, `/` between its parts. */
const BundlePath = Type.String({ format: 'package-path', maxLength: 255 });
const BundlePaths = Type.Array(BundlePath, { uniqueItems: true });

export const BundleFile = closed({
  path: BundlePath,
  size_bytes: Type.Integer({ minimum: 0 }),
  /** MIME type, e.g. `text/html; charset=utf-8`. */
  content_type: Type.String({ minLength: 3, maxLength: 127 }),
  /** The first 16 hex digits of the SHA-256 of the bytes. */
  checksum: Type.String({ pattern: '^[0-9a-f]{16}$', 'x-code': 'INVALID_HASH' }),
});
export type BundleFile = Static<typeof BundleFile>;

/** What a game's bundle holds: the artifact `json/bundle-manifest`, which describes `bundle/game`. */
export const BundleManifest = closed({
  bundle_id: Type.String({ minLength: 1, maxLength: 128 }),
  template_id: KitId,
  version: Version,
  /** Always 1980-01-01T00:00:00Z, so that the same game is the same bytes. */
  created_at: Type.String({ format: 'date-time' }),
  entry_point: oneOf('index.html'),
  /** SHA-256 of the bundle's content. */
  checksum: Sha256,
  files: Type.Array(BundleFile, { maxItems: 1000 }),
  assets: closed({
    images: BundlePaths,
    audio: BundlePaths,
    video: BundlePaths,
    models: BundlePaths,
    configs: BundlePaths,
  }),
  metadata: closed({
    total_size_bytes: Type.Integer({ minimum: 0 }),
    file_count: Type.Integer({ minimum: 0 }),
    optimizations_applied: Type.Array(Type.String({ minLength: 1, maxLength: 64 })),
  }),
});
export type BundleManifest = Static<typeof BundleManifest>;
