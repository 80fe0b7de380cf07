import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';

/** A file in the artifact store. Only this small reference travels between steps, never bytes. */
export interface FileRef<K extends string = string> {
  /** Artifact type, e.g. `audio/bgm`. */
  readonly type: K;
  /** `sha256:` and 64 lower-case hex digits, of the bytes. */
  readonly digest: string;
  /** Size in bytes. */
  readonly size: number;
  readonly filename?: string;
  /** What the producing skill says of the file, e.g. its duration. Part of the consumer's cache key. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `video/*` takes every video: in the types it is a template literal. */
export type ArtifactType<S extends string> = S extends `${infer P}/*` ? `${P}/${string}` : S;

/** The keyword under which a schema names the artifact type of a field. */
export const ARTIFACT_KEYWORD = 'x-artifact';
/** The keyword that tells a stored JSON document (by value) from a file (by reference). */
export const JSON_KEYWORD = 'x-artifact-json';

const escape = (s: string) => s.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '[a-z0-9.+-]+');

/** A field that holds a file of this artifact type; `file('video/*')` takes any video. */
export function file<const K extends string>(type: K): TUnsafe<FileRef<ArtifactType<K>>> {
  const schema = Type.Object(
    {
      type: Type.String({ pattern: `^${escape(type)}$` }),
      digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
      size: Type.Integer({ minimum: 0 }),
      filename: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    },
    { [ARTIFACT_KEYWORD]: type, additionalProperties: false },
  );
  return schema as unknown as TUnsafe<FileRef<ArtifactType<K>>>;
}

/** A field that is stored as a JSON artifact of this type, and travels by value (at most 64 KiB). */
export function json<const K extends string, S extends TSchema>(type: K, schema: S): TUnsafe<Static<S>> {
  // TypeBox keeps its kinds in non-enumerable properties, which a spread would lose.
  const copy = Object.create(
    Object.getPrototypeOf(schema),
    Object.getOwnPropertyDescriptors(schema),
  ) as object;
  Object.assign(copy, { [ARTIFACT_KEYWORD]: type, [JSON_KEYWORD]: true });
  return copy as unknown as TUnsafe<Static<S>>;
}
