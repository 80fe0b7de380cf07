import type { Layer, LayerOf, Role } from '../scene.schema.js';
import { confetti, falling } from './air.js';
import { grid, marquee, retroSun, ridges } from './arcade.js';
import { fireworks, rays } from './light.js';
import { bigWheel, bunting, clouds, hills, paperSun, tent } from './paper.js';
import { sky, stars, twinkle, vignette } from './sky.js';
import type { DrawLayer, Slab, Stage } from './stage.js';

const painters: { readonly [K in Layer['kind']]: DrawLayer<LayerOf<K>> } = {
  sky,
  stars,
  twinkle,
  vignette,
  retro_sun: retroSun,
  ridges,
  grid,
  marquee,
  rays,
  fireworks,
  paper_sun: paperSun,
  clouds,
  hills,
  big_wheel: bigWheel,
  tent,
  bunting,
  confetti,
  falling,
};

/** The slabs of those layers that belong to a role, from back to front. */
export function drawLayers(layers: readonly Layer[], role: Role, stage: Stage, prefix: string): Slab[] {
  return layers.flatMap((layer, i) => {
    if (layer.roles && !layer.roles.includes(role)) return [];
    const painter = painters[layer.kind] as DrawLayer<Layer>;
    return painter(layer, stage, `${prefix}${i}`);
  });
}
