import { describe, expect, test } from '@jest/globals';
import type { AudioPort } from '@cairn/skill-kit';
import { runSkill, runSkillTwice } from '@cairn/skill-kit/testing';
import { examples } from './examples.js';
import run from './run.js';

type MusicQuery = Parameters<AudioPort['music']>[0];

/** A provider that writes down what it is asked; its files are the query's JSON. */
function provider() {
  const asked: MusicQuery[] = [];
  const audio: AudioPort = {
    music: async query => {
      asked.push(query);
      const { durationSec, format } = query;
      return {
        data: new TextEncoder().encode(JSON.stringify(query)),
        metadata: { providerId: 'test', model: 'm', durationSec, format, sampleRate: 44100, channels: 2 },
      };
    },
    effect: async () => {
      throw new Error('No effect is wanted here');
    },
  };
  return { audio, asked };
}

const style = { description: 'Anything', tempo: { wish: 100 } };
const settings = (input: unknown, audio: AudioPort) => ({ input, ports: { audio }, resources: { style } });

describe('generate_bgm', () => {
  test.each(examples)('$title', async ({ input, filename }) => {
    const { audio, asked } = provider();
    const { output, files } = await runSkillTwice(run, settings(input, audio));
    const durationSec = input.bgm.enabled ? input.settings.duration_sec : 1;
    const { format } = input.settings;
    expect(asked[0]).toEqual({
      style,
      durationSec,
      format,
      volume: input.bgm.enabled ? input.bgm.volume : 0,
      loop: input.bgm.loop,
      seed: asked[0]!.seed,
    });
    const metadata = { providerId: 'test', model: 'm', durationSec, format, sampleRate: 44100, channels: 2 };
    expect(output.result).toEqual({ uri: `audio/${filename}`, metadata });
    expect(output.track).toMatchObject({ type: 'audio/bgm', filename, metadata });
    expect(JSON.parse(files.text(output.track))).toEqual(asked[0]);
  });

  test('the tune is the theme’s: volume, format and length leave its seed alone', async () => {
    const { audio, asked } = provider();
    const [first] = examples;
    const other = {
      ...first.input,
      settings: { duration_sec: 8, format: 'wav' },
      bgm: { ...first.input.bgm, volume: 1 },
    };
    for (const input of [first.input, other, { ...first.input, theme: 'paper_carnival' }])
      await runSkill(run, settings(input, audio));
    const [one, same, different] = asked.map(query => query.seed);
    expect(same).toBe(one);
    expect(different).not.toBe(one);
  });

  test('a provider’s error is the step’s', async () => {
    const audio: AudioPort = { ...provider().audio, music: () => Promise.reject(new Error('out of tune')) };
    await expect(runSkill(run, settings(examples[0].input, audio))).rejects.toThrow('out of tune');
  });

  test('a volume beyond 1 is refused by the schema', async () => {
    const input = { ...examples[0].input, bgm: { enabled: true, volume: 1.5, loop: true } };
    await expect(runSkill(run, settings(input, provider().audio))).rejects.toMatchObject({
      issues: [{ path: '/bgm/volume' }],
    });
  });
});
