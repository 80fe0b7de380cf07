import { Type } from 'typebox';
import { Uuid } from '../http/scalars.js';
import { Sha256 } from '../types/scalars.js';
import { count } from './fields.js';
import { eventType } from './event-type.js';

const upload = { artifactId: Uuid, type: Type.String({ description: 'E.g. `image/logo`.' }), digest: Sha256 };
const digests = Type.Array(Sha256);

/** What becomes of files and documents. */
export const artifactEvents = {
  'artifact.uploaded': eventType('A client has brought a file.', { ...upload, sizeBytes: count('Bytes.') }),
  'artifact.deleted': eventType('A file that a client had brought was deleted.', upload),
  'artifact.pinned': eventType('The bytes of an artifact are kept.', { artifactId: Uuid }),
  'artifact.unpinned': eventType('The bytes of an artifact are no longer kept for their own sake.', {
    artifactId: Uuid,
  }),
  'artifact.repaired': eventType('Files that were missing or damaged were made again, as they were.', {
    digests,
  }),
  'artifact.lost': eventType('Files are missing or damaged, and their step gives others now.', { digests }),
};
