import { compile, Copy } from '@cairn/dto';
import { TerminalError, Type } from '@cairn/skill-kit';
import { describe, expect, test } from '@jest/globals';
import { builtInLanguage } from './built-in.js';
import { readBrief } from './read-brief.js';

const unused = () => Promise.reject(new Error('no thread is needed'));
const port = builtInLanguage.create({ signal: new AbortController().signal, thread: unused });
const Draft = Type.Object(
  { copy: Type.Optional(Type.Partial(Copy, { additionalProperties: false })) },
  { additionalProperties: false },
);
const ask = (brief: string) =>
  port.object({ schema: Draft, system: '', prompt: JSON.stringify({ brief, locale: 'en' }) });

describe('readBrief', () => {
  test.each([
    ['A summer sale for a shoe shop. Playful, bold.', {}],
    ['Call it “Sommer, Sonne, Rabatt” please', { title: 'Sommer, Sonne, Rabatt' }],
    ['Titre : « Roue d’été »', { title: 'Roue d’été' }],
    [
      'title: Spin the shoe\nWin message: Yours!\n- lose: Next time',
      { title: 'Spin the shoe', win_message: 'Yours!', lose_message: 'Next time' },
    ],
    ['Title: "Quoted"\nTitle: second', { title: 'Quoted' }],
    ['Budget: 5000\nAudience: all', {}],
    ['title:', {}],
    ['constructor: x\n__proto__: y', {}],
    ['', {}],
  ])('%j', (brief, texts) => expect(readBrief(brief)).toEqual(texts));

  test('a long brief is read in no time', () => {
    expect(readBrief('"'.repeat(4000))).toEqual({});
    expect(readBrief(`${' '.repeat(3990)}x`)).toEqual({});
  });
});

describe('the built-in language provider', () => {
  test('gives what the brief says, valid by the schema', async () => {
    const draft = await ask('Title: Spin the shoe');
    expect(draft).toEqual({ copy: { title: 'Spin the shoe' } });
    expect(compile(Draft).check(draft)).toEqual([]);
  });

  test('gives nothing where the brief says too much', async () => {
    expect(await ask(`title: ${'x'.repeat(281)}`)).toEqual({});
  });

  test('takes a prompt that is no JSON for the brief', async () => {
    const draft = await port.object({ schema: Draft, system: '', prompt: 'Title: Plain' });
    expect(draft).toEqual({ copy: { title: 'Plain' } });
  });

  test('says what to do where a model is needed', async () => {
    const schema = Type.Object({ answer: Type.String() });
    const error = await port.object({ schema, system: '', prompt: 'What?' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TerminalError);
    expect((error as TerminalError).code).toBe('NO_LANGUAGE_MODEL');
  });
});
