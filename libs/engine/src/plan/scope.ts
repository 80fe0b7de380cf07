import { pointerToken } from '@cairn/dto';
import type { Environment, RefExpr } from '@cairn/pipeline';

/** A field of what a node will give, which is not known yet. */
export interface OpenPath {
  /** The node, as the plan names it. */
  readonly step: string;
  readonly path: readonly string[];
  /** What it was in the execution that predictions are taken from. */
  readonly before: unknown;
}

/** What a plan knows of what a node gives. */
export type Output =
  | { readonly kind: 'known'; readonly value: unknown }
  | {
      readonly kind: 'open';
      /** What it gave before, or would give if `hangsOn` come out as before. */
      readonly before?: { readonly value: unknown };
      /** On what that hangs, where that is others: a result that is there hangs on what its key hangs on. */
      readonly hangsOn?: readonly OpenPath[];
    };

export const known = (value: unknown): Output => ({ kind: 'known', value });

/** An open path as answers name it: `game_config/config/visuals/theme`. */
export const pathText = ({ step, path }: Pick<OpenPath, 'step' | 'path'>): string =>
  [step, ...path.map(pointerToken)].join('/');

/** Places of several lists, each once; what lies within another place goes without saying. */
export function together(...lists: readonly (readonly OpenPath[])[]): readonly OpenPath[] {
  const places = [...new Map(lists.flat().map(place => [pathText(place), place])).values()];
  const isWithin = (inner: OpenPath, outer: OpenPath) =>
    inner !== outer && `${pathText(inner)}/`.startsWith(`${pathText(outer)}/`);
  return places.filter(place => !places.some(other => isWithin(place, other)));
}

/** What expressions of a graph can refer to, as far as it is known, or can be predicted. */
export class Scope {
  /** Values that are certain. */
  readonly known = new Map<string, unknown>();
  /** Those, and what comes if open paths come out as before. */
  readonly predicted = new Map<string, unknown>();
  private readonly open = new Map<string, { name: string; output: Extract<Output, { kind: 'open' }> }>();

  /** @param around what is visible from outside */
  constructor(around?: Scope) {
    if (!around) return;
    for (const [name, value] of around.known) this.known.set(name, value);
    for (const [name, value] of around.predicted) this.predicted.set(name, value);
    for (const [name, value] of around.open) this.open.set(name, value);
  }

  /** @param name of the node, as the plan names it. */
  set(id: string, output: Output, name = id): void {
    if (output.kind === 'known') {
      this.known.set(id, output.value);
      this.predicted.set(id, output.value);
      return;
    }
    this.open.set(id, { name, output });
    if (output.before) this.predicted.set(id, output.before.value);
  }

  /** What references hang on, each place once. */
  openPaths(references: readonly RefExpr[]): readonly OpenPath[] {
    return together(
      ...references.map(({ step, path }): readonly OpenPath[] => {
        const open = this.open.get(step);
        if (!open) return [];
        const { name, output } = open;
        return output.hangsOn ?? [{ step: name, path, before: fieldAt(output.before?.value, path) }];
      }),
    );
  }

  environment(which: 'known' | 'predicted'): Environment {
    return this[which];
  }
}

/** A field of a value; undefined where there is none. */
export function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      at !== null && typeof at === 'object' && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}
