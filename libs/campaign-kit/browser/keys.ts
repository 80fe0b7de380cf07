/** From now on focus has a ring. */
export const showKeys = (): void => void (document.documentElement.dataset.keys = '');

/** True when the page is being used by keyboard. */
export const usesKeys = (): boolean => document.documentElement.dataset.keys !== undefined;

/** Shows focus rings from the first key, until the next touch or click. */
export function followKeys(): void {
  addEventListener('keydown', showKeys, true);
  addEventListener('pointerdown', () => delete document.documentElement.dataset.keys, true);
}
