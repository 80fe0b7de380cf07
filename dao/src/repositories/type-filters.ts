/** Types of events as a query takes them: those that are meant whole, and how others begin. */
export interface TypeFilters {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** @param types each a type, `subject.*` for all of a subject, or `*` for all */
export function typeFilters(types: readonly string[]): TypeFilters {
  return {
    exact: types.filter(type => !type.endsWith('*')),
    prefixes: types.filter(type => type.endsWith('*')).map(type => type.slice(0, -1)),
  };
}
