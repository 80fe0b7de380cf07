import { Type, type Static } from 'typebox';
import { closed, Sha256 } from '../types/scalars.js';
import { AnyObject, Instant, PageQuery, Uuid, page } from './scalars.js';

/** One file or document: produced by a run, or uploaded. */
export const Artifact = closed(
  {
    id: Uuid,
    runId: Type.Optional(
      Type.String({ ...Uuid, description: 'The run it belongs to; absent for an upload.' }),
    ),
    stepId: Type.Optional(
      Type.String({
        description:
          "The step that produced or reused it; absent for an upload, and for what a run's trigger names.",
      }),
    ),
    skillId: Type.String({ description: 'The skill that produced it; `upload` for what a client brought.' }),
    name: Type.String({
      description:
        'The output field that holds it, e.g. `video`; of what a trigger names, the field of the trigger; `upload` for an upload.',
    }),
    type: Type.String({ description: 'E.g. `video/intro`, `bundle/campaign`.' }),
    uri: Type.String({ description: 'Where the installation keeps the bytes.' }),
    contentHash: Sha256,
    sizeBytes: Type.Optional(Type.Integer({ minimum: 0 })),
    filename: Type.Optional(Type.String()),
    mediaType: Type.String({ description: 'The `Content-Type` of its content.' }),
    metadata: AnyObject,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { title: 'Artifact' },
);
export type Artifact = Static<typeof Artifact>;

export const ArtifactList = page('ArtifactList', Artifact);
export type ArtifactList = Static<typeof ArtifactList>;

export const ArtifactListQuery = closed(PageQuery);

/** What an artifact is: its kind and its name, as skills and workflows write it in their schemas. */
export const ArtifactTypeName = Type.String({
  pattern: '^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$',
  maxLength: 100,
  'x-message': 'must be an artifact type of at most 100 characters, such as image/logo',
  description: 'What it is, e.g. `image/logo`: what a workflow asks for in its trigger.',
});

/** The query of `POST /v1/artifacts`. */
export const UploadQuery = closed({
  type: ArtifactTypeName,
  filename: Type.Optional(
    Type.String({
      pattern: '^(?!\\.{1,2}$)[^/\\\\\\u0000-\\u001f\\u007f]+$',
      maxLength: 255,
      'x-message': 'must be a file name of at most 255 characters, without folders',
      description:
        'A file name without folders, e.g. `logo.png`. Its ending says which media type the content has.',
    }),
  ),
});

const DIGEST_HEADER = {
  maxLength: 1000,
  description:
    'RFC 9530, e.g. `sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:`. The bytes must have this digest; other algorithms are not looked at.',
};
export const UploadHeaders = closed({
  'content-digest': Type.Optional(Type.String(DIGEST_HEADER)),
  'repr-digest': Type.Optional(Type.String(DIGEST_HEADER)),
});
