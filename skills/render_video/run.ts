import { join } from 'node:path';
import { placeButton } from '@cairn/dto';
import { TerminalError, implementSkill } from '@cairn/skill-kit';
import { findUndrawableTexts, type PlacedText } from '@cairn/typography';
import { buttonShape } from './button.js';
import type { EncodeRequest } from './encode.thread.js';
import type { FilmRequest } from './film.js';
import { renderVideo } from './skill.js';

export default implementSkill(renderVideo, async context => {
  const { input, resources } = context;
  const { role, title, locale, colors, frame } = input;
  const texts = [{ path: '/title', text: title }];
  if (input.button) texts.push({ path: '/button/label', text: input.button.label });
  await refuseUndrawable(texts, locale);

  const button = input.button && { ...placeButton(frame, input.button), label: input.button.label };
  const video = join(context.tmp, `${role}.mp4`);
  const poster = join(context.tmp, `${role}.png`);
  const request: EncodeRequest = {
    film: { role, title, locale, colors, frame, button },
    scene: resources.scene,
    music: input.music && (await context.path(input.music)),
    video,
    poster,
  };
  await context.thread(new URL('./encode.thread.js', import.meta.url), request);

  const { width, height, fps, duration_sec } = frame;
  return {
    video: await context.write(
      `video/${role}`,
      { path: video },
      {
        filename: `${role}.mp4`,
        metadata: { width, height, fps, durationSec: duration_sec, codecs: 'avc1, mp4a.40.2' },
      },
    ),
    poster: await context.write(
      'image/poster',
      { path: poster },
      { filename: `${role}.png`, metadata: { width, height } },
    ),
    ...(button && {
      button: { bounds: boundsOf(button), mask_polygon: buttonShape(button, resources.scene.button).polygon },
    }),
  };
});

type Button = NonNullable<FilmRequest['button']>;

function boundsOf({ x, y, width, height }: Button): { x: number; y: number; width: number; height: number } {
  return { x, y, width, height };
}

/** @throws TerminalError VALIDATION_ERROR naming the character, before anything is rendered */
async function refuseUndrawable(texts: readonly PlacedText[], locale: string): Promise<void> {
  const issues = (await findUndrawableTexts(texts, locale)).map(({ path, message }) => ({
    path,
    code: 'VALIDATION_ERROR' as const,
    message,
  }));
  const [first] = issues;
  if (first) throw new TerminalError('VALIDATION_ERROR', `${first.path} ${first.message}`, issues);
}
