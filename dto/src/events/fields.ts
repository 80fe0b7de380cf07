import { Type } from 'typebox';
import { closed, Sha256 } from '../types/scalars.js';
import { Uuid } from '../http/scalars.js';

/** The longest message of an error in an event, in UTF-16 code units; the record has more of it. */
export const MOST_MESSAGE = 1_000;
/** Artifacts that an event of a step names; `artifactCount` counts all. */
export const MOST_ARTIFACTS = 20;

export const count = (description: string) => Type.Integer({ minimum: 0, description });
export const Milliseconds = Type.Integer({ minimum: 0, description: 'Milliseconds.' });

/** Why something failed. */
export const failure = {
  code: Type.String({ description: 'E.g. `TIMEOUT`.' }),
  message: Type.String({ maxLength: MOST_MESSAGE }),
};

/** The files and documents of a step. */
export const artifacts = {
  artifactCount: count('How many files and documents it has.'),
  artifacts: Type.Array(
    closed(
      { id: Uuid, name: Type.String(), type: Type.String(), digest: Sha256 },
      { title: 'EventArtifact' },
    ),
    { maxItems: MOST_ARTIFACTS, description: `The first ${MOST_ARTIFACTS} of them.` },
  ),
};
