import { describe, expect, test } from '@jest/globals';
import type { AudioPort } from '@cairn/skill-kit';
import { runSkill, runSkillTwice } from '@cairn/skill-kit/testing';
import { examples } from './examples.js';
import run from './run.js';

type EffectQuery = Parameters<AudioPort['effect']>[0];

/** A provider that writes down what it is asked; its files are the query's JSON. */
function provider() {
  const asked: EffectQuery[] = [];
  const audio: AudioPort = {
    music: async () => {
      throw new Error('No music is wanted here');
    },
    effect: async query => {
      asked.push(query);
      return {
        data: new TextEncoder().encode(JSON.stringify(query)),
        metadata: {
          providerId: 'test',
          durationSec: 0.5,
          format: query.format,
          sampleRate: 44100,
          channels: 2,
        },
      };
    },
  };
  return { audio, asked };
}

const style = { description: 'Anything', sounds: {} };
const settings = (input: unknown, audio: AudioPort) => ({ input, ports: { audio }, resources: { style } });

describe('generate_sfx', () => {
  test.each(examples)('$title', async ({ input }) => {
    const { audio } = provider();
    const { output, files } = await runSkillTwice(run, settings(input, audio));
    const volumes: Readonly<Record<string, { volume: number }>> = input.effects;
    expect(Object.keys(output.effects)).toEqual(Object.keys(volumes).sort());
    for (const [name, file] of Object.entries(output.effects)) {
      const filename = `${name}.${input.format}`;
      const metadata = {
        providerId: 'test',
        durationSec: 0.5,
        format: input.format,
        sampleRate: 44100,
        channels: 2,
      };
      expect(file).toMatchObject({ type: 'audio/sfx', filename, metadata });
      expect(output.results[name]).toEqual({ uri: `audio/sfx/${filename}`, metadata });
      const { volume } = volumes[name]!;
      expect(JSON.parse(files.text(file))).toMatchObject({ style, name, format: input.format, volume });
    }
  });

  test('each effect has a seed of its own, whatever its volume', async () => {
    const { audio, asked } = provider();
    const effects = (volume: number) => ({ win: { volume }, lose: { volume } });
    for (const volume of [1, 0.5])
      await runSkill(run, settings({ theme: 'neon_arcade', effects: effects(volume), format: 'mp3' }, audio));
    expect(asked.map(query => query.name)).toEqual(['lose', 'win', 'lose', 'win']);
    const [lose, win, loseAgain, winAgain] = asked.map(query => query.seed);
    expect([loseAgain, winAgain]).toEqual([lose, win]);
    expect(lose).not.toBe(win);
  });

  test('stops between two effects when the step is cancelled', async () => {
    const { audio, asked } = provider();
    const cancel = new AbortController();
    const cancelling: AudioPort = {
      ...audio,
      effect: async query => {
        cancel.abort(new Error('cancelled'));
        return audio.effect(query);
      },
    };
    const stopped = runSkill(run, { ...settings(examples[0].input, cancelling), signal: cancel.signal });
    await expect(stopped).rejects.toThrow('cancelled');
    expect(asked.length).toBe(1);
  });
});
