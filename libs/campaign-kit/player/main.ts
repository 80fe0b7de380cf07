import { applyColours } from '../browser/colour.js';
import { followKeys } from '../browser/keys.js';
import { readPage } from './page.js';
import { Player } from './player.js';
import { buildView } from './view.js';

const page = readPage();
followKeys();
applyColours(document.documentElement, page.colors);
const view = buildView(page);
document.body.append(view.root);
void new Player(page, view).open();
