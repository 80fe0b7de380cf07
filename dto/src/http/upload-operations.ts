import { closed } from '../types/scalars.js';
import { Artifact, UploadHeaders, UploadQuery } from './artifacts.js';
import type { OperationSpec } from './operation-spec.js';
import { IdParams } from './runs.js';

/** What a client brings, and takes away again. */
export const uploadOperations = {
  uploadArtifact: {
    method: 'post',
    path: '/v1/artifacts',
    tag: 'artifacts',
    access: 'runner',
    summary: 'Upload a file',
    description:
      'The body is the bytes as they are, whatever its `Content-Type`; what the file is, the query says. They are streamed into the store, and recorded once all of them are there. A trigger names the file by the id of the artifact.',
    query: UploadQuery,
    headers: UploadHeaders,
    bytes: 'The bytes of the file; as many as the installation takes, 1 GiB unless it says otherwise.',
    answers: {
      201: {
        description: 'The artifact.',
        schema: Artifact,
        headers: { Location: 'The path of the artifact.' },
      },
    },
    problems: [
      'VALIDATION_ERROR',
      'BAD_REQUEST',
      'DIGEST_MISMATCH',
      'FORBIDDEN_HOST',
      'FORBIDDEN_ORIGIN',
      'BODY_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'INTERNAL',
      'DATABASE_UNAVAILABLE',
      'STORE_UNAVAILABLE',
    ],
  },
  deleteArtifact: {
    method: 'delete',
    path: '/v1/artifacts/{id}',
    tag: 'artifacts',
    access: 'runner',
    summary: 'Delete an upload',
    description:
      'Runs whose trigger named it keep the file. The bytes go with a later collection, unless something else names them. What a run made goes with the run.',
    params: IdParams,
    query: closed({}),
    answers: { 204: { description: 'It is deleted.' } },
    problems: [
      'VALIDATION_ERROR',
      'FORBIDDEN_HOST',
      'FORBIDDEN_ORIGIN',
      'NOT_FOUND',
      'CONFLICT',
      'INTERNAL',
      'DATABASE_UNAVAILABLE',
    ],
  },
} as const satisfies Record<string, OperationSpec>;
