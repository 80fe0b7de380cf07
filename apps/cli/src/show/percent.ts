/** `34 %`, rounded down: what is not done is never shown as done. @param fraction 0..1 */
export const percent = (fraction: number): string => `${Math.floor(100 * fraction)} %`;
