import { createRequire } from 'node:module';
import { currentActor } from '../actor.js';

/** A statement as it went to PostgreSQL, on somebody's behalf. */
export interface SeenStatement {
  readonly actor: string;
  /** Statements of one transaction have the same. */
  readonly connection: object;
  /** On one line. */
  readonly text: string;
  readonly values: readonly unknown[];
}

interface QueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
}
type Query = (this: object, first: string | QueryConfig, ...rest: unknown[]) => unknown;

/**
 * Notes every statement that this process sends on somebody's behalf: see `asActor`. What it does by itself meanwhile
 * is left out. Call `stop` when done.
 */
export function watchStatements(): { readonly seen: SeenStatement[]; stop(): void } {
  // The one that TypeORM loads.
  const { Client } = createRequire(import.meta.url)('pg') as { Client: { prototype: { query: Query } } };
  const { prototype } = Client;
  const { query } = prototype;
  const seen: SeenStatement[] = [];
  prototype.query = function (first, ...rest) {
    const actor = currentActor();
    const text = typeof first === 'string' ? first : first.text;
    const values = typeof first === 'string' ? rest[0] : first.values;
    if (actor !== undefined && typeof text === 'string')
      seen.push({
        actor,
        connection: this,
        text: text.replace(/\s+/g, ' ').trim(),
        values: Array.isArray(values) ? values : [],
      });
    return query.call(this, first, ...rest);
  };
  return { seen, stop: () => void (prototype.query = query) };
}
