import { jcs } from '@cairn/canonical/jcs';
import { references, type Expr, type RefExpr } from './expression.js';

/** Stands for what is not known yet: an expression with an unknown part is unknown. */
export const UNKNOWN = Symbol('unknown');
/** Outputs by step id, with `$trigger` and `$run`. A step that is not in it is not known yet. */
export type Environment = ReadonlyMap<string, unknown>;

type Fields = Readonly<Record<string, unknown>>;
const field = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Fields)[key]
    : undefined;
const absent = (value: unknown): boolean => value === undefined || value === null;

/**
 * Partial evaluation: the expression's value in an environment, or UNKNOWN when a part of it is not known yet.
 * With `keyed`, `unkeyed()` parts are absent: the result is what the cache key is made of.
 */
export function evaluate(expr: Expr, env: Environment, options: { keyed: boolean }): unknown {
  switch (expr.$) {
    case 'lit':
      return expr.value;
    case 'ref':
      return env.has(expr.step) ? expr.path.reduce<unknown>(field, env.get(expr.step)) : UNKNOWN;
    case 'arr': {
      const items = expr.of.map(item => evaluate(item, env, options));
      return items.includes(UNKNOWN) ? UNKNOWN : items;
    }
    case 'obj': {
      const entries = Object.entries(expr.of).map(
        ([key, item]) => [key, evaluate(item, env, options)] as const,
      );
      if (entries.some(([, value]) => value === UNKNOWN)) return UNKNOWN;
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    case 'op': {
      if (expr.op === 'unkeyed') return options.keyed ? undefined : evaluate(expr.args[0]!, env, options);
      const args = expr.args.map(arg => evaluate(arg, env, options));
      return args.includes(UNKNOWN) ? UNKNOWN : operate(expr.op, args);
    }
  }
}

function operate(op: string, args: readonly unknown[]): unknown {
  const [a, b] = args;
  switch (op) {
    case 'present':
      return !absent(a);
    case 'eq':
      return absent(a) || absent(b) ? absent(a) && absent(b) : jcs(a) === jcs(b);
    case 'firstOf':
      return absent(a) ? b : a;
    case 'merge':
      return { ...(a as Fields | undefined), ...(b as Fields | undefined) };
    case 'pick':
      return Object.fromEntries(
        args.slice(1).flatMap(key => {
          const value = field(a, key as string);
          return value === undefined ? [] : [[key, value] as const];
        }),
      );
    case 'pluck':
      return (a as readonly unknown[] | undefined)?.map(item => field(item, b as string));
    case 'get':
      return field(a, b as string);
    case 'text':
      return args.map(part => (absent(part) ? '' : String(part))).join('');
    default:
      throw new TypeError(`This build does not know the operator ${op}`);
  }
}

/** The references of an expression that the environment cannot answer yet. */
export function openReferences(expr: Expr, env: Environment): readonly RefExpr[] {
  return references(expr).filter(ref => !env.has(ref.step));
}
