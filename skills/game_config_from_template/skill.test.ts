import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GameConfig, TemplateFile, ThemeFile, compile, cutTo } from '@cairn/dto';
import { TerminalError, type LanguagePort } from '@cairn/skill-kit';
import { runSkill } from '@cairn/skill-kit/testing';
import { describe, expect, test } from '@jest/globals';
import type { Draft } from './draft.js';
import { examples, least } from './examples.js';
import type { Input } from './fill.js';
import implementation from './run.js';
import { gameConfigFromTemplate } from './skill.js';

// Real: the shipped template and themes, and the fonts. Fake: the language model and the worker.
const kit = new URL('../../../libs/campaign-kit/', import.meta.url);
const readKit = (path: string) => JSON.parse(readFileSync(new URL(path, kit), 'utf8')) as unknown;
const template = compile(TemplateFile).parse(readKit('templates/spin_wheel_v1/template.json'));
const themeOf = (id: string) => compile(ThemeFile).parse(readKit(`themes/${id}/theme.json`));

interface Asked {
  readonly prompt: string;
  readonly system: string;
}

async function run(input: Input, draft: Draft = {}) {
  const asked: Asked[] = [];
  const language: LanguagePort = {
    object: query => {
      asked.push({ prompt: query.prompt, system: query.system });
      return Promise.resolve(draft as never);
    },
  };
  const settings = { input, ports: { language }, resourceRoot: fileURLToPath(kit) };
  const { output, reports } = await runSkill(implementation, settings);
  return { ...output, asked, warnings: reports.log.map(({ message }) => message) };
}

const issuesOf = (input: Input) =>
  run(input).then(
    () => 'no error',
    (error: TerminalError) => error.issues.map(issue => `${issue.code} ${issue.path} ${issue.message}`),
  );

test.each(examples)('$title', async ({ input, makes }) => {
  const { config, button_label } = await run(input);
  expect({
    title: config.copy.title,
    primary: config.visuals.colors.primary,
    win_probability: config.settings.difficulty.win_probability,
    button_label,
  }).toEqual(makes);
  expect(compile(GameConfig).check(config)).toEqual([]);
});

test('every language of the template gives a valid config that fonts can draw', async () => {
  for (const locale of Object.keys(template.locales)) {
    const { config } = await run({ ...least, locale });
    expect(compile(GameConfig).check(config)).toEqual([]);
    expect(config.copy).toEqual(template.locales[locale]?.copy);
  }
});

test('the locale is canonical', async () => {
  expect((await run({ ...least, locale: 'ZH-hans-cn' })).config.settings.locale).toBe('zh-Hans-CN');
});

describe('colours', () => {
  test('are hex, whatever was typed', async () => {
    const { config } = await run({
      ...least,
      colors: { primary: 'hsl(120 100% 25%)', secondary: '#ABC', accent: 'tomato', background: 'rgb(0,0,0)' },
    });
    expect(config.visuals.colors).toEqual({
      primary: '#008000',
      secondary: '#aabbcc',
      accent: '#ff6347',
      background: '#000000',
    });
  });

  test('a translucent one lies over the background', async () => {
    const { config } = await run({
      ...least,
      colors: { primary: 'rgb(255 255 255 / 50%)', background: 'black' },
    });
    expect(config.visuals.colors.primary).toBe('#808080');
  });
});

describe('sound', () => {
  test('the music takes the volume that was asked for, the effects are the theme’s', async () => {
    const { config } = await run({ ...least, audio: { enabled: true, volume: 0.25 } });
    expect(config.audio.bgm).toEqual({ enabled: true, volume: 0.25, loop: true });
    expect(config.audio.sfx).toEqual(themeOf('neon_arcade').sfx);
  });

  test('switched off is off altogether', async () => {
    const { config } = await run({ ...least, audio: { enabled: false, volume: 1 } });
    expect(config.audio).toEqual({ bgm: { enabled: false, volume: 1, loop: true }, sfx: {} });
  });
});

describe('the language model', () => {
  test('is not asked without a brief', async () => {
    expect((await run(least)).asked).toEqual([]);
    expect((await run({ ...least, brief: ' \n' })).asked).toEqual([]);
  });

  test('gets brief and locale as data, and the template’s instructions', async () => {
    const { asked } = await run({ ...least, brief: 'A sale", "locale": "xx' });
    expect(asked).toEqual([
      {
        prompt: JSON.stringify({ brief: 'A sale", "locale": "xx', locale: 'en-US' }),
        system: template.system,
      },
    ]);
  });

  test('wins over the template and loses to the person', async () => {
    const draft = { copy: { title: 'Drafted', win_message: 'Drafted win' }, colors: { primary: 'red' } };
    const { config } = await run({ ...least, brief: 'x', copy: { title: 'Typed' } }, draft);
    expect(config.copy.title).toBe('Typed');
    expect(config.copy.win_message).toBe('Drafted win');
    expect(config.copy.lose_message).toBe(template.locales['en']?.copy.lose_message);
    expect(config.visuals.colors.primary).toBe('#ff0000');
  });

  test('may propose what no font can draw: then the template’s text stays', async () => {
    const { config, warnings } = await run({ ...least, brief: 'x' }, { copy: { title: 'Party \u{1F389}' } });
    expect(config.copy.title).toBe('Spin to win');
    expect(warnings).toEqual(['The model proposed texts that no font can draw']);
  });
});

describe('refused, for good', () => {
  test.each([
    ['/copy/title', { copy: { title: 'Party \u{1F389}' } }],
    ['/button/label', { button: { label: 'Go \u{1F389}' } }],
    [
      '/mechanics/prizes/0/label',
      {
        mechanics: {
          prizes: [
            { label: '\u{1F389}', win: true },
            { label: 'x', win: false },
          ],
        },
      },
    ],
  ])('%s with a character that no font has', async (path, more) => {
    expect(await issuesOf({ ...least, ...more })).toEqual([
      `VALIDATION_ERROR ${path} cannot be drawn: no font has the character \u{1F389} (U+1F389)`,
    ]);
  });

  test('mechanics that the template does not take', async () => {
    expect(
      await issuesOf({ ...least, mechanics: { prizes: [{ label: 'x', win: true }], gravity: 1 } }),
    ).toEqual([
      'VALIDATION_ERROR /mechanics/gravity is an unknown field',
      'VALIDATION_ERROR /mechanics/prizes must hold a field with win false, where the wheel stops when the player loses',
      'VALIDATION_ERROR /mechanics/prizes must have at least 2 items',
    ]);
  });

  test('with an error that is never retried', async () => {
    const error = await run({ ...least, copy: { title: '\u{1F389}' } }).catch(
      (e: unknown) => e as TerminalError,
    );
    expect(error).toBeInstanceOf(TerminalError);
    expect((error as TerminalError).retryable).toBe(false);
    expect((error as TerminalError).message).toBe(
      '/copy/title cannot be drawn: no font has the character \u{1F389} (U+1F389)',
    );
  });
});

test('another video, name or place of the button is no other game', () => {
  const whole = {
    ...least,
    campaign_id: 'a',
    campaign_name: 'A',
    video: { width: 2 },
    button: { x: 1, label: 'Go' },
  };
  expect(cutTo(gameConfigFromTemplate.spec.input, whole)).toEqual({ ...least, button: { label: 'Go' } });
});
