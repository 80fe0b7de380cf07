import type { Operator } from './expression.js';
import { makeRef, toExpr, type In, type Plain, type Ref } from './reference.js';

const apply = <T>(op: Operator, ...args: unknown[]): Ref<T> =>
  makeRef<T>({ $: 'op', op, args: args.map(toExpr) });

/** Whether there is a value: true for everything but absent and null. */
export const present = (ref: Ref<unknown>): Ref<boolean> => apply('present', ref);
/** Whether two JSON values are equal. */
export const eq = <T>(ref: Ref<T>, value: In<T>): Ref<boolean> => apply('eq', ref, value);
/** The first, or the second where the first is absent or null. */
export const firstOf = <T>(first: Ref<T | undefined>, second: In<T>): Ref<T> =>
  apply('firstOf', first, second);
/** An object with the fields of both; those of the second win. */
export const merge = <A extends object, B extends object>(
  a: Ref<A>,
  b: B,
): Ref<Omit<A, keyof Plain<B>> & Plain<B>> => apply('merge', a, b);
/** An object with these fields only. */
export const pick = <T extends object, K extends keyof T & string>(
  ref: Ref<T>,
  ...keys: K[]
): Ref<Pick<T, K>> => apply('pick', ref, ...keys);
/** One field of each item of a list. */
export const pluck = <T extends object, K extends keyof T & string>(
  list: Ref<readonly T[]>,
  key: K,
): Ref<T[K][]> => apply('pluck', list, key);
/** Reaches the skill, stays out of the key; every use is listed with the graph. */
export const unkeyed = <T>(ref: Ref<T>): Ref<T> => apply('unkeyed', ref);
/** A string of literal text and references: text`Hello ${t.name}`. */
export const text = (
  parts: TemplateStringsArray,
  ...values: readonly (Ref<string> | Ref<number> | string | number)[]
): Ref<string> =>
  apply('text', ...parts.flatMap((part, i) => (i < values.length ? [part, values[i]] : [part])));
