import { Type, type Static } from 'typebox';
import { closed } from '../types/scalars.js';

/** Every way in which the API refuses a request: the status, and what the reader should know of it. */
export const PROBLEMS = {
  VALIDATION_ERROR: {
    status: 400,
    title: 'The request breaks a rule',
    about: '`errors` names each field and its rule.',
  },
  INVALID_JSON: {
    status: 400,
    title: 'The body is not JSON',
    about: '`detail` says where it stops being JSON.',
  },
  BAD_REQUEST: {
    status: 400,
    title: 'The request cannot be read',
    about: 'Its path, headers or framing are malformed.',
  },
  DIGEST_MISMATCH: {
    status: 400,
    title: 'The bytes are not those of the digest',
    about: '`Content-Digest` or `Repr-Digest` says another digest than that of the bytes. They are not kept.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid key is needed',
    about:
      'Send `Authorization: Bearer <key>`. The key is absent, unknown, revoked or expired; which of these is not said.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The key may not do this',
    about: '`detail` names the role that is needed.',
  },
  FORBIDDEN_HOST: {
    status: 403,
    title: 'The Host is not this API',
    about:
      'On one machine only its loopback names are answered, so that no web page reaches it under another name.',
  },
  FORBIDDEN_ORIGIN: {
    status: 403,
    title: 'The Origin may not do this',
    about: 'A page of another origin cannot change anything here.',
  },
  ROLE_MISSING: {
    status: 403,
    title: 'Another role is needed',
    about: '`detail` says which.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing',
    about: 'It does not exist, or belongs to another tenant.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The method does not apply here',
    about: 'The header `Allow` says which do.',
  },
  CONFLICT: {
    status: 409,
    title: 'The state does not allow it',
    about: 'E.g. cancelling a run that has ended.',
  },
  RUN_NOT_RETRYABLE: {
    status: 409,
    title: 'The run is not one to retry',
    about: 'Only a run that has failed or was cancelled is retried. Any other can be forked.',
  },
  WORKFLOW_VERSION_GONE: {
    status: 409,
    title: 'That version of the workflow is not offered any more',
    about:
      'Its runs can still be retried, and forked with the trigger that they have; another trigger cannot be checked.',
  },
  GATE_DIGEST_DIFFERS: {
    status: 409,
    title: 'The decision is about something else than the gate shows',
    about: '`detail` has both digests. Look at the gate again, and decide on what it shows.',
  },
  GATE_CLOSED: {
    status: 409,
    title: 'The gate takes no decision any more',
    about: 'It was decided, its deadline has passed, or its run has ended.',
  },
  COLLECTION_RUNNING: {
    status: 409,
    title: 'A collection is under way',
    about: 'There is one at a time. Try again when it has ended.',
  },
  ARTIFACT_LOST: { status: 410, title: 'The bytes are gone', about: 'The record exists, its bytes do not.' },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    about:
      'A JSON body may have 1 MiB (1,048,576 bytes), an upload what the installation takes: CAIRN_MAX_UPLOAD, or 1 GiB.',
  },
  TENANT_STORAGE_FULL: {
    status: 413,
    title: 'The tenant has stored as much as it may',
    about: 'Delete runs, evict cache entries and collect; or the operator raises the limit.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body is not of a type that is read here',
    about: 'Send `Content-Type: application/json`, in UTF-8.',
  },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    title: 'The range lies outside the content',
    about: '`Content-Range` says how long the content is.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The idempotency key was used for another request',
    about: 'A key stands for one body; a new request needs a new key.',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    about: 'Try again after `Retry-After` seconds.',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong here',
    about: 'The log has the cause under `instance`.',
  },
  ARTIFACT_CORRUPT: {
    status: 500,
    title: 'The stored bytes have changed',
    about: 'They are not those of the digest. They are not sent, and were dropped from the store.',
  },
  SKILL_NOT_SERVED: {
    status: 503,
    title: 'The live workers do not have what the run needs',
    about:
      '`detail` names the skill, the version that is wanted, and what live workers have. Try again when workers of the same release as the API have started.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database cannot be reached',
    about: 'Try again after `Retry-After` seconds; under an idempotency key that cannot start a run twice.',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The artifact store cannot be used',
    about: 'It is full, or cannot be reached. Try again after `Retry-After` seconds.',
  },
  TEMPORAL_UNAVAILABLE: {
    status: 503,
    title: 'Temporal cannot be reached',
    about: 'Try again after `Retry-After` seconds.',
  },
} as const satisfies Record<string, { status: number; title: string; about: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

export const ProblemIssue = closed(
  {
    path: Type.String({
      description: 'JSON Pointer (RFC 6901) into the trigger; for the rest of a request, `/` and the name.',
    }),
    code: Type.String(),
    message: Type.String(),
  },
  { title: 'ProblemIssue' },
);

/** An error of the API: RFC 9457, `application/problem+json`. */
export const Problem = closed(
  {
    type: Type.String({ description: 'Where `/docs` explains the code.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    code: Type.String({ description: 'What programs may switch on, e.g. `VALIDATION_ERROR`.' }),
    instance: Type.Optional(Type.String({ description: 'Names this occurrence in the log.' })),
    errors: Type.Optional(Type.Array(ProblemIssue)),
  },
  { title: 'Problem' },
);
export type Problem = Static<typeof Problem>;
