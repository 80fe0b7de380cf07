import { Type, type TEnum, type TObjectOptions, type TProperties, type TSchema } from 'typebox';

/** An object that refuses fields it does not declare. */
export function closed<P extends TProperties>(properties: P, options: TObjectOptions = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/** Names that are safe as map keys: no path, no dot, no white space. */
const MAP_KEY = { pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' };

/** A map from names such as `spawn_rate` to values; other keys are refused. */
export function map<V extends TSchema>(value: V, options: TObjectOptions = {}) {
  // Not `additionalProperties: false`: TypeBox fails to fill defaults into such a record.
  return Type.Record(Type.String(), value, { ...options, propertyNames: MAP_KEY });
}

/** One of these words. */
export const oneOf = <V extends string[]>(...words: V): TEnum<V> => Type.Enum<V>(words);

/** A template's or theme's id: also the name of its folder, so nothing that a path could abuse. */
export const KitId = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
export const Version = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$', maxLength: 64 });
/** BCP 47, e.g. `en-US`. */
export const Locale = Type.String({ format: 'bcp-47', maxLength: 64 });
/** Any CSS colour: named, hex, rgb(), hsl() and the later functions. */
export const Colour = Type.String({ format: 'css-colour', maxLength: 100 });
/** ISO 8601: a date, or a date and time with its offset. */
export const Timestamp = Type.String({ format: 'iso-8601' });
export const Probability = Type.Number({ minimum: 0, maximum: 1 });
/** 0 (silent) to 1. */
export const Volume = Type.Number({ minimum: 0, maximum: 1 });
/** `sha256:` and 64 lower-case hex digits. */
export const Sha256 = Type.String({ pattern: '^sha256:[0-9a-f]{64}$', 'x-code': 'INVALID_HASH' });
/** An http or https URL. */
export const HttpUrl = Type.String({ format: 'http-url', maxLength: 2048 });
/** A path inside a package, `/` between its parts, or an http(s) URL. */
export const AssetUri = Type.String({ format: 'asset-uri', maxLength: 2048, 'x-code': 'MISSING_ASSET' });
/** As {@link AssetUri}, of something that the package need not hold. */
export const LogoUri = Type.String({ format: 'asset-uri', maxLength: 2048 });
/** Text that is drawn or read, in any script; not blank. */
export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' });
