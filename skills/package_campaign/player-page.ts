import { cspHash, escapeHtml, inlineJson } from './html.js';

/** What makes the player's page. */
export interface PlayerPage {
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  readonly css: string;
  /** One browser script, minified. */
  readonly script: string;
  /** The JSON document that the script reads. */
  readonly data: unknown;
}

/**
 * The player's page. Style, script and manifest stand in it: over `file://` nothing can be fetched. Its policy
 * lets this very script and style run, and the package's own media and game load; nothing else, and nothing from
 * outside. `file:` is named because there `'self'` is nothing.
 */
export function playerPage({ locale, direction, title, css, script, data }: PlayerPage): string {
  // Inside a string or regular expression, the only places where minified code can hold it, `<\/` is `</`.
  const safeScript = script.replace(/<\/(script)/gi, '<\\/$1');
  const policy = [
    `default-src 'none'`,
    `script-src ${cspHash(safeScript)}`,
    `style-src ${cspHash(css)}`,
    `img-src 'self' file: data:`,
    `font-src data:`,
    `media-src 'self' file:`,
    `frame-src 'self' file:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!doctype html>
<html lang="${escapeHtml(locale)}" dir="${direction}">
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
