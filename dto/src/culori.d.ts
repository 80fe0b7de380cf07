/** The part of culori that is used here; the package has no types of its own. */
declare module 'culori' {
  export interface Rgb {
    readonly r: number;
    readonly g: number;
    readonly b: number;
    readonly alpha?: number;
  }
  export function parse(css: string): object | undefined;
  export function converter(mode: 'rgb'): (colour: object | undefined) => Rgb | undefined;
}
