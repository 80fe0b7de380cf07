import type { Undrawable } from './clusters.js';

/** A text has a character that no font has. */
export class UndrawableError extends Error {
  readonly code = 'UNDRAWABLE_TEXT';

  constructor(readonly undrawable: Undrawable) {
    super(
      `no font has the character "${undrawable.character}" (${undrawable.codePoint}) at position ${undrawable.index} of the text`,
    );
    this.name = 'UndrawableError';
  }
}
