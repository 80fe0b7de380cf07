import { cspHash, escapeHtml, inlineJson } from './escape.js';
import { directionOf } from './texts.js';

/** What makes a page that needs nothing but the files beside it. */
export interface WebPage {
  /** BCP 47; says the page's language, and which way it runs. */
  readonly locale: string;
  readonly title: string;
  readonly css: string;
  /** One browser script, minified. */
  readonly script: string;
  /** The JSON document that the script reads, from the element `cairn-data`. */
  readonly data: unknown;
  /**
   * What may be loaded, as directives of a Content-Security-Policy, e.g. `media-src 'self' file:`. `file:` has to be
   * named because over `file://` `'self'` is nothing.
   */
  readonly sources: readonly string[];
}

/**
 * The page, whole: style, script and data stand in it, because over `file://` and in a sandboxed frame nothing can
 * be fetched. Its policy lets this very script and style run and the named sources load; no connection, no form,
 * nothing else.
 */
export function webPage({ locale, title, css, script, data, sources }: WebPage): string {
  // Inside a string or regular expression, the only places where minified code can hold it, `<\/` is `</`.
  const safeScript = script.replace(/<\/(script)/gi, '<\\/$1');
  const policy = [
    `default-src 'none'`,
    `script-src ${cspHash(safeScript)}`,
    `style-src ${cspHash(css)}`,
    ...sources,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!doctype html>
<html lang="${escapeHtml(locale)}" dir="${directionOf(locale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${css}</style>
</head>
<body>
<script type="application/json" id="cairn-data">${inlineJson(data)}</script>
<script>${safeScript}</script>
</body>
</html>
`;
}
