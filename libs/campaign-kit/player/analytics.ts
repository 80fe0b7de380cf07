import type { Manifest } from './page.js';

export type PlayerEvent =
  | 'intro_started'
  | 'intro_completed'
  | 'button_clicked'
  | 'game_started'
  | 'game_won'
  | 'game_lost'
  | 'completed'
  | 'replayed'
  | 'redirected';

/**
 * Tells the page around the campaign what happens, if the manifest enables it; an empty list of events means all.
 * Nothing is sent anywhere: a host that measures listens for these messages.
 */
export function reporter({ campaign_id, analytics }: Manifest): (event: PlayerEvent) => void {
  return event => {
    if (!analytics.enabled) return;
    if (analytics.events.length > 0 && !analytics.events.includes(event)) return;
    const detail = { type: 'cairn:event', campaign_id, event };
    dispatchEvent(new CustomEvent('cairn:event', { detail }));
    if (window.parent !== window) window.parent.postMessage(detail, '*');
  };
}
