import { Type, type Static } from 'typebox';
import { closed, Sha256 } from '../types/scalars.js';
import { AnyObject, Instant, PageQuery, Uuid, page } from './scalars.js';

/** One produced file or document. */
export const Artifact = closed(
  {
    id: Uuid,
    runId: Uuid,
    stepId: Type.String(),
    skillId: Type.String(),
    name: Type.String({ description: 'The output field that holds it, e.g. `video`.' }),
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
