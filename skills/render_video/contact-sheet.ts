import { readFile, writeFile } from 'node:fs/promises';
import { createTypesetter } from '@cairn/typography';
import type { Palette } from './colour.js';
import { createFilm } from './film.js';
import { createPainter } from './painter.js';
import { encodePng } from './png.js';
import { prepareRenderer } from './raster.js';
import type { Role, Scene } from './scene.schema.js';

// `node dist/contact-sheet.js <folder of a theme> <file.png>`: four moments of each of a theme's three films, to look at
// after a change of its scene. Nothing imports this.

const frame = { width: 930, height: 522, fps: 24, duration_sec: 4 };
const moments = [16, 27, 44, 95];
/** Each picture is shown at a third of its size. */
const shrink = 3;
const titles: Readonly<Record<Role, string>> = {
  intro: 'Spin & Win the Summer',
  win: 'You won a prize!',
  lose: 'So close! Try again tomorrow',
};

/** Six bits of eight: a sheet is a third smaller, and nobody measures colours in it. */
function coarse(value: number): number {
  return (value & 0xfc) | (value >> 6);
}

/** Averages blocks of pixels, and puts the result into a sheet. */
function place(picture: Uint8Array, sheet: Uint8Array, sheetWidth: number, left: number, top: number): void {
  const [width, height] = [frame.width / shrink, frame.height / shrink];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let i = 0; i < shrink * shrink; i++) {
          const row = y * shrink + Math.floor(i / shrink);
          sum += picture[(row * frame.width + x * shrink + (i % shrink)) * 4 + c] as number;
        }
        sheet[((top + y) * sheetWidth + left + x) * 4 + c] = coarse(Math.round(sum / (shrink * shrink)));
      }
    }
  }
}

const [folder, file] = process.argv.slice(2);
if (!folder || !file) throw new Error('usage: node dist/contact-sheet.js <folder of a theme> <file.png>');
const scene = JSON.parse(await readFile(`${folder}/scene.json`, 'utf8')) as Scene;
const { colors } = JSON.parse(await readFile(`${folder}/theme.json`, 'utf8')) as { colors: Palette };
await prepareRenderer();
const typesetter = await createTypesetter();

const [columns, gap] = [4, 4];
const [width, height] = [frame.width / shrink, frame.height / shrink];
const rows = moments.length / columns;
const sheetWidth = columns * width + (columns - 1) * gap;
const sheetHeight = 3 * rows * height + (3 * rows - 1) * gap;
const sheet = new Uint8Array(sheetWidth * sheetHeight * 4).fill(255);
for (const [block, role] of (['intro', 'win', 'lose'] as const).entries()) {
  const button = { x: 320, y: 362, width: 290, height: 80, label: 'Play now' };
  const request = { role, title: titles[role], locale: 'en-US', colors, frame };
  const film = await createFilm(role === 'intro' ? { ...request, button } : request, scene, typesetter);
  const painter = createPainter(film);
  for (const [i, moment] of moments.entries()) {
    const row = block * rows + Math.floor(i / columns);
    place(
      painter.paint(moment).picture,
      sheet,
      sheetWidth,
      (i % columns) * (width + gap),
      row * (height + gap),
    );
  }
}
await writeFile(file, encodePng(sheet, sheetWidth, sheetHeight));
