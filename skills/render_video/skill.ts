import { Bounds, ButtonRequest, Colors, Copy, KitId, Locale, Polygon, VideoFrame, oneOf } from '@cairn/dto';
import { Type, defineSkill, file, resource } from '@cairn/skill-kit';
import { Scene } from './scene.schema.js';

export const renderVideo = defineSkill({
  id: 'render_video',
  version: '1.0.0',
  title: 'Render a clip',
  description: 'An MP4 (H.264, AAC) with an animated title; the intro has a button in it.',
  input: Type.Object({
    role: oneOf('intro', 'win', 'lose'),
    title: Copy.properties.title,
    locale: Locale,
    theme: KitId,
    /** `#rrggbb` each. */
    colors: Colors,
    frame: VideoFrame,
    music: Type.Optional(file('audio/*')),
    /** `placeButton(frame, button)` of @cairn/dto says where it stands: all four numbers are given, or none. */
    button: Type.Optional(Type.Object({ ...ButtonRequest.properties, label: Type.String({ minLength: 1 }) })),
  }),
  output: Type.Object({
    video: file('video/*'),
    poster: file('image/poster'),
    /** Where the button was drawn, in pixels of the frame; only when there is one. */
    button: Type.Optional(Type.Object({ bounds: Bounds, mask_polygon: Polygon })),
  }),
  resources: { scene: resource.json('themes/{theme}/scene.json', Scene) },
  timeout: '10m',
});
export default renderVideo;
