/** Markup that is safe to place in a page. */
export class Html {
  constructor(readonly text: string) {}
}
type Value = Html | string | number | false | undefined | readonly Value[];

/** A template whose values are escaped, unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, i) => part + (i < values.length ? markup(values[i]) : '')).join(''));
}

/** Text in which `code` is set as code. */
export const prose = (text: string): Html =>
  new Html(markup(text).replace(/`([^`]+)`/g, (_, code: string) => `<code>${code}</code>`));

function markup(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(item => markup(item as Value)).join('');
  if (value === false || value === undefined) return '';
  return String(value).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
