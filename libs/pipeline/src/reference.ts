import { keyInput } from '@cairn/canonical';
import type { FileRef } from '@cairn/skill-kit';
import type { Expr } from './expression.js';

declare const VALUE: unique symbol;
const EXPR = Symbol('cairn.expression');

type Leaf = string | number | boolean | null | undefined | FileRef | readonly unknown[];

/** A value that a run will have: fields of it are references too. */
export type Ref<T> = { readonly [VALUE]: T } & Lift<T>;
type Lift<T> = [NonNullable<T>] extends [Leaf]
  ? unknown
  : {
      readonly [K in keyof NonNullable<T>]-?: Ref<
        NonNullable<T>[K] | (undefined extends T ? undefined : never)
      >;
    };

/** Anywhere a T is wanted: a literal, a `Ref<T>`, or a structure of both. */
export type In<T> =
  | Ref<T>
  | (T extends Leaf
      ? T extends FileRef
        ? never
        : T extends readonly (infer U)[]
          ? readonly In<U>[]
          : T
      : { readonly [K in keyof T]: In<T[K]> });

/** What a structure of references will be once it has values. */
export type Plain<R> = R extends { readonly [VALUE]: infer T }
  ? T
  : R extends object
    ? { [K in keyof R]: Plain<R[K]> }
    : R;

/** A misuse of a reference at load: says where, and what to write instead. */
export class ReferenceMisuse extends TypeError {
  readonly code = 'REFERENCE_MISUSED';
}

const describe = (expr: Expr): string =>
  expr.$ === 'ref' ? [expr.step, ...expr.path].join('.') : expr.$ === 'op' ? `${expr.op}(…)` : 'a reference';

/** A reference to what an expression stands for. Only its fields can be taken; every other use is refused. */
export function makeRef<T>(expr: Expr): Ref<T> {
  const misuse = (what: string): never => {
    throw new ReferenceMisuse(`${describe(expr)} has no value yet: ${what}`);
  };
  const handler: ProxyHandler<object> = {
    get(_target, key) {
      if (key === EXPR) return expr;
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'valueOf')
        return misuse('use text`…` to build a string, eq() to compare, present() to ask whether it is there');
      if (key === Symbol.iterator)
        return misuse('it cannot be iterated or spread; pluck() takes a field of each item');
      if (typeof key === 'symbol') return undefined;
      return expr.$ === 'ref'
        ? makeRef({ ...expr, path: [...expr.path, key] })
        : makeRef({ $: 'op', op: 'get', args: [expr, { $: 'lit', value: key }] });
    },
    ownKeys: () => misuse('it cannot be spread or listed; use merge() or pick()'),
    has: () => misuse('use present() to ask whether a field is there'),
    set: () => misuse('it cannot be assigned to; use merge()'),
    defineProperty: () => misuse('it cannot be assigned to; use merge()'),
    deleteProperty: () => misuse('nothing can be deleted from it; use pick()'),
  };
  return new Proxy({}, handler) as Ref<T>;
}

/**
 * The expression of a structure of literals and references. Undefined properties are left out.
 * @throws ReferenceMisuse for what JSON cannot carry faithfully: a graph is stored as JSON.
 */
export function toExpr(value: unknown): Expr {
  if (Array.isArray(value)) return { $: 'arr', of: Array.from(value, itemOf) };
  if (value === undefined) return { $: 'lit', value };
  if (value === null || typeof value !== 'object') return { $: 'lit', value: literal(value) };
  const expr = (value as { [EXPR]?: Expr })[EXPR];
  if (expr !== undefined) return expr;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new ReferenceMisuse(`${value.constructor.name} is neither a literal nor a reference`);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return { $: 'obj', of: Object.fromEntries(entries.map(([key, item]) => [key, toExpr(item)])) };
}

function itemOf(value: unknown): Expr {
  if (value === undefined) throw new ReferenceMisuse('undefined has no place in a list');
  return toExpr(value);
}

function literal(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw new ReferenceMisuse(`a ${typeof value} is neither a literal nor a reference`);
  try {
    return keyInput(value);
  } catch (error) {
    throw new ReferenceMisuse(`a literal cannot be stored: ${(error as Error).message}`, { cause: error });
  }
}
