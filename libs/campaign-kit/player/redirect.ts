import type { Outcome } from '../browser/protocol.js';
import type { Manifest } from './page.js';

/** Where the end card leads, and whether the player goes there by itself. */
export interface Destination {
  readonly url: string;
  /** Milliseconds until the player goes there by itself; absent where it never does. */
  readonly afterMs?: number;
}

/** The URL when it is one of the web; nothing else is ever opened. */
export function webUrl(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * An ad host's `clickTag`, as a parameter of the page's address, goes before the manifest's redirect, and is
 * only ever followed by a click. The manifest's is followed by itself after its delay, but not from a local
 * file, which is a preview, and not inside a frame, which belongs to another page.
 */
export function destination(
  manifest: Pick<Manifest, 'flow'>,
  outcome: Outcome,
  page: { readonly search: string; readonly protocol: string; readonly framed: boolean },
): Destination | undefined {
  const clickTag = webUrl(new URLSearchParams(page.search).get('clickTag'));
  if (clickTag !== undefined) return { url: clickTag };
  const redirect = manifest.flow.outcome_redirect;
  const url = webUrl(outcome === 'won' ? redirect?.win_url : redirect?.lose_url);
  if (url === undefined || !redirect) return undefined;
  const automatic = /^https?:$/.test(page.protocol) && !page.framed;
  return { url, ...(automatic && { afterMs: redirect.delay_ms }) };
}
