/** A catalog file, or a package that it lists, cannot be used; the message names file, package and rule. */
export class CatalogError extends Error {
  readonly code = 'CATALOG';
}
