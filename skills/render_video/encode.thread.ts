import { readFile, writeFile } from 'node:fs/promises';
import type { ThreadTools } from '@cairn/skill-kit';
import { createTypesetter } from '@cairn/typography';
import { createFilm, type FilmRequest } from './film.js';
import { createH264Encoder } from './h264.js';
import { muxMp4 } from './mp4.js';
import { createPainter } from './painter.js';
import { toI420 } from './pixels.js';
import { encodePng } from './png.js';
import { prepareRenderer } from './raster.js';
import type { Scene } from './scene.schema.js';
import { decodeMusic, silence, soundtrack } from './soundtrack.js';

/** What the thread is given; paths are local. */
export interface EncodeRequest {
  readonly film: FilmRequest;
  readonly scene: Scene;
  readonly music?: string;
  /** Where the MP4 and the PNG go. */
  readonly video: string;
  readonly poster: string;
}

/**
 * Draws and encodes a film, picture by picture, and writes it with its poster, the last picture.
 *
 * @throws UndrawableError when a text has a character that no font has
 */
export default async function encode(request: EncodeRequest, tools: ThreadTools): Promise<void> {
  const { film: wanted, scene } = request;
  const { fps } = wanted.frame;
  await prepareRenderer();
  const film = await createFilm(wanted, scene, await createTypesetter());
  const painter = createPainter(film);
  const encoder = await createH264Encoder(wanted.frame);
  const yuv = new Uint8Array((film.width * film.height * 3) / 2);
  let last: Uint8Array | undefined;
  for (let frame = 0; frame < film.frames; frame++) {
    const { picture, changed } = painter.paint(frame);
    if (changed) toI420(picture, film.width, film.height, yuv);
    encoder.add(yuv);
    last = picture;
    tools.progress((0.95 * (frame + 1)) / film.frames, `picture ${frame + 1} of ${film.frames}`);
  }
  if (last) await writeFile(request.poster, encodePng(last, film.width, film.height));
  const seconds = film.frames / fps;
  const sound = request.music
    ? soundtrack(await decodeMusic(await readFile(request.music), seconds), seconds, wanted.role)
    : silence(seconds);
  await writeFile(request.video, await muxMp4(encoder.finish(), fps, sound));
  tools.progress(1);
}
