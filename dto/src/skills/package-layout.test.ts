import { expect, test } from '@jest/globals';
import { packageLayout } from './package-layout.js';

const named = (filename?: string) => ({ filename });
const videos = { intro: named('a.mp4'), win: named('b.mp4'), lose: named('c.mp4') };

test('each file has its place, effects by name', () => {
  const posters = { intro: named('p.png'), win: named('p.png'), lose: named('p.png') };
  const effects = { win: named('win.mp3'), click: named('click.mp3'), tick: named() };
  const placed = packageLayout({ videos, posters, music: named('bgm.wav'), effects });
  expect(placed.map(({ uri, type }) => `${type} ${uri}`)).toEqual([
    'video videos/intro.mp4',
    'video videos/win.mp4',
    'video videos/lose.mp4',
    'image videos/intro.png',
    'image videos/win.png',
    'image videos/lose.png',
    'audio audio/bgm.wav',
    'audio audio/sfx/click.mp3',
    'audio audio/sfx/tick.wav',
    'audio audio/sfx/win.mp3',
  ]);
  expect(placed[7]?.file).toBe(effects.click);
});

test('posters may be absent, and a strange filename says nothing of the format', () => {
  const placed = packageLayout({ videos, music: named('../x.MP3/..'), effects: {} });
  expect(placed.map(({ uri }) => uri)).toEqual([
    'videos/intro.mp4',
    'videos/win.mp4',
    'videos/lose.mp4',
    'audio/bgm.mp3',
  ]);
});
