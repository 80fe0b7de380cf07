import { resolve } from 'node:path';
import type { Reading } from './webhooks.js';

/** Where artifacts are kept: in a folder that API and workers share, or in a bucket. */
export type ArtifactPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Before every key, without a slash at its ends; empty for none. */
      readonly prefix: string;
      /** AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL: of a server that is not Amazon's. */
      readonly endpoint?: string;
      /** AWS_REGION, else AWS_DEFAULT_REGION; absent where AWS's own files may say it. */
      readonly region?: string;
      /**
       * CAIRN_COPIES: a folder of this machine for what is on its way and for copies that skills read. Absolute. Default
       * `copies` under home. CAIRN_COPIES_MAX: how many bytes the copies may have. Default 10 GiB.
       */
      readonly copies: { readonly folder: string; readonly maxBytes: number };
    };

/** How the rest is read. */
export interface ArtifactReading extends Reading {
  readonly home: string;
  readonly path: (name: string, fallback: string) => string;
  readonly url: (name: string, protocols: readonly string[]) => string | undefined;
  readonly size: (name: string, fallback: number) => number;
}

// As S3 names them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^[A-Za-z0-9!_.*'()-]+(\/[A-Za-z0-9!_.*'()-]+)*$/;

/** @throws ConfigurationError naming the variable, its value and the rule. */
export function readArtifacts({ text, refuse, path, url, size, home }: ArtifactReading): ArtifactPlace {
  const value = text('CAIRN_ARTIFACTS');
  if (!/^[a-z][a-z0-9+]+:\/\//i.test(value ?? ''))
    return { kind: 'folder', folder: path('CAIRN_ARTIFACTS', resolve(home, 'artifacts')) };
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*?)\/?$/.exec(value!) ?? [];
  const dots = prefix.split('/').some(part => /^\.+$/.test(part));
  if (!BUCKET.test(bucket) || (prefix !== '' && !PREFIX.test(prefix)) || dots)
    refuse('CAIRN_ARTIFACTS', 'it must be a folder, or s3://bucket/prefix');
  const http = ['http:', 'https:'];
  const endpoint = url('AWS_ENDPOINT_URL_S3', http) ?? url('AWS_ENDPOINT_URL', http);
  // Other servers do not care, but a signature has one.
  const region =
    text('AWS_REGION') ?? text('AWS_DEFAULT_REGION') ?? (endpoint === undefined ? undefined : 'us-east-1');
  const folder = path('CAIRN_COPIES', resolve(home, 'copies'));
  const copies = { folder, maxBytes: size('CAIRN_COPIES_MAX', 10 * 1024 ** 3) };
  return { kind: 's3', bucket, prefix, endpoint, region, copies };
}

/** A place as variables of the environment for programs in any working folder. */
export function artifactVariables(place: ArtifactPlace): Readonly<Record<string, string>> {
  return place.kind === 'folder'
    ? { CAIRN_ARTIFACTS: place.folder }
    : {
        CAIRN_ARTIFACTS: `s3://${[place.bucket, place.prefix].filter(Boolean).join('/')}`,
        CAIRN_COPIES: place.copies.folder,
        CAIRN_COPIES_MAX: String(place.copies.maxBytes),
      };
}
