import type { Static, TSchema } from 'typebox';

/**
 * A file of the installation that a skill reads: a template, a theme, a game's source. It is declared, so that
 * its digest is part of the key of exactly those steps that read it, and nothing undeclared can be read.
 *
 * `path` is relative to the resource root and may hold `{pointer}` placeholders filled from the step's input,
 * e.g. `themes/{theme}/music.json` or `templates/{config.template_id}/game.css`.
 */
export interface Resource<T = unknown> {
  readonly kind: 'json' | 'text' | 'bundle';
  readonly path: string;
  readonly schema?: TSchema;
  readonly _value?: T;
}

/** Resources by the name under which the skill meets them in `ctx.resources`. */
export type Resources = Readonly<Record<string, Resource>>;
export type ResourceValues<R extends Resources> = {
  readonly [K in keyof R]: R[K] extends Resource<infer T> ? T : never;
};

export const resource = {
  /** A JSON file, checked against the schema when it is read. */
  json: <S extends TSchema>(path: string, schema: S): Resource<Static<S>> => ({ kind: 'json', path, schema }),
  /** A text file, e.g. a style sheet, as a string. */
  text: (path: string): Resource<string> => ({ kind: 'text', path }),
  /**
   * A TypeScript or JavaScript entry point for the browser, as one minified script (IIFE). The digest is that
   * of the minified script, so a changed comment changes nothing.
   */
  bundle: (path: string): Resource<string> => ({ kind: 'bundle', path }),
};
