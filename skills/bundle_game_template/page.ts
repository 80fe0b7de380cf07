import { createHash } from 'node:crypto';

/** What makes a game's page. */
export interface GamePage {
  readonly locale: string;
  readonly direction: 'ltr' | 'rtl';
  readonly title: string;
  readonly css: string;
  /** One browser script, minified. */
  readonly script: string;
  /** The JSON document that the script reads. */
  readonly data: unknown;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for HTML content and attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, c => ENTITIES[c] ?? c);
}

/** JSON that can stand inside a script element: nothing in it can end the element or start markup. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The page, whole: style, script and data stand in it, because over `file://` and in a sandboxed frame nothing
 * can be fetched. Its policy lets this very script and style run and media beside the page play; no
 * connection, no form, no other source. `file:` is named because there `'self'` is nothing.
 */
export function gamePage({ locale, direction, title, css, script, data }: GamePage): string {
  // Inside a string or regular expression, the only places where minified code can hold it, `<\/` is `</`.
  const safeScript = script.replace(/<\/(script)/gi, '<\\/$1');
  const policy = [
    `default-src 'none'`,
    `script-src ${hash(safeScript)}`,
    `style-src ${hash(css)}`,
    `img-src data:`,
    `font-src data:`,
    `media-src 'self' file:`,
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
