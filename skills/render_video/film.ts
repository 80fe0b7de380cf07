import type { Typesetter } from '@cairn/typography';
import { buttonShape, drawButton, labelOptions } from './button.js';
import { resolveColour, type Palette } from './colour.js';
import { titleArea, type ButtonShape, type Rect } from './geometry.js';
import { drawLayers } from './layers/index.js';
import type { Slab, Stage } from './layers/stage.js';
import { between, easeInOut } from './motion.js';
import type { Role, Scene } from './scene.schema.js';
import { drawTitle } from './title.js';
import { frameCount, momentOf, type Moment } from './timing.js';

/** What a film is made of; lengths in pixels. */
export interface FilmRequest {
  readonly role: Role;
  readonly title: string;
  readonly locale: string;
  readonly colors: Palette;
  readonly frame: {
    readonly width: number;
    readonly height: number;
    readonly fps: number;
    readonly duration_sec: number;
  };
  readonly button?: Rect & { readonly label: string };
}

/** A film that can be drawn picture by picture. */
export interface Film {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** From back to front. */
  readonly slabs: readonly Slab[];
  readonly button?: ButtonShape;
  moment(frame: number): Moment;
  /** 1 is full colour, 0 is grey. */
  saturation(moment: Moment): number;
}

/**
 * Sets the texts and lays out the layers.
 *
 * @throws UndrawableError when a text has a character that no font has
 */
export async function createFilm(request: FilmRequest, scene: Scene, typesetter: Typesetter): Promise<Film> {
  const { frame, role, locale, colors } = request;
  const { width, height } = frame;
  const area = titleArea(frame, request.button);
  const stage: Stage = {
    width,
    height,
    unit: Math.min(width, height) / 100,
    title: area,
    colour: expression => resolveColour(expression, colors),
  };
  const layout = await typesetter.layout(request.title, {
    size: Math.min(area.height * 0.62, Math.min(width, height) * (request.button ? 0.22 : 0.27)),
    weight: scene.title.weight,
    locale,
    // Outline and shadow reach beyond the letters.
    maxWidth: area.width * 0.94,
    maxHeight: area.height * 0.86,
    maxLines: 7,
    align: 'center',
  });
  const { entrance, saturation } = scene.roles[role];
  const letters = drawTitle(layout, area, scene.title, colors, entrance);
  let button: ButtonShape | undefined;
  let push: Slab[] = [];
  if (request.button) {
    const { label, ...bounds } = request.button;
    button = buttonShape(bounds, scene.button);
    const options = { ...labelOptions(bounds), weight: 'bold', locale, align: 'center' } as const;
    push = drawButton(button, await typesetter.layout(label, options), scene.button, colors);
  }
  // Title and button never meet, so the lights of both may lie below both: fewer slices to lay over each other.
  const front = [...letters, ...push].sort(
    (a, b) => Number(a.kind === 'moving') - Number(b.kind === 'moving'),
  );
  const slabs = [
    ...drawLayers(scene.backdrop, role, stage, 'a'),
    ...front,
    ...drawLayers(scene.foreground, role, stage, 'b'),
  ];
  return {
    width,
    height,
    frames: frameCount(frame.fps, frame.duration_sec),
    slabs,
    button,
    moment: index => momentOf(index, frame.fps, frame.duration_sec),
    saturation: ({ script }) => 1 + (saturation - 1) * easeInOut(between(script, 0.5, 2)),
  };
}
