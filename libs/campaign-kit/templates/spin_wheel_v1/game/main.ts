import { applyColours } from '../../../browser/colour.js';
import { followKeys } from '../../../browser/keys.js';
import { readSettings } from './config.js';
import { SpinWheelGame } from './game.js';
import { connectHost } from './host.js';
import { buildView } from './view.js';

const settings = readSettings();
followKeys();
applyColours(document.documentElement, settings.colours);
const view = buildView(settings);
document.body.append(view.root);

// Labels are fitted by measuring them, which needs the embedded fonts; they are data, so this is a moment.
void Promise.allSettled(Array.from(document.fonts, font => font.load())).then(() =>
  new SpinWheelGame(settings, view, connectHost()).open(),
);
