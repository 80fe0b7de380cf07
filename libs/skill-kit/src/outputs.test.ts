import { compile } from '@cairn/dto';
import { describe, expect, test } from '@jest/globals';
import { file, json, Type } from './index.js';
import { checkOutput, findArtifacts, MAX_OUTPUT_BYTES } from './outputs.js';
import { fileRef } from './testing/index.js';

const ref = (text: string) => fileRef('audio/sfx', new TextEncoder().encode(text));
const names = (schema: Parameters<typeof findArtifacts>[0], output: unknown) =>
  findArtifacts(schema, output).map(({ kind, name }) => `${kind} ${name}`);

describe('findArtifacts', () => {
  test('finds files and documents in fields, maps, lists and branches, named by their place', () => {
    const schema = Type.Object({
      one: file('audio/sfx'),
      map: Type.Record(Type.String(), file('audio/sfx')),
      list: Type.Array(Type.Object({ sound: file('audio/sfx') })),
      doc: json('config/toy', Type.Object({ nested: Type.Unknown() })),
      either: Type.Union([file('audio/sfx'), Type.Null()]),
      both: Type.Intersect([Type.Object({ a: file('audio/sfx') }), Type.Object({ b: Type.String() })]),
      plain: Type.Object({ type: Type.String(), digest: Type.String() }),
    });
    const output = {
      one: ref('1'),
      map: { spin: ref('2'), win: ref('3') },
      list: [{ sound: ref('4') }],
      doc: { nested: ref('not an artifact of its own') },
      either: ref('5'),
      both: { a: ref('6'), b: 'x' },
      plain: { type: 'audio/sfx', digest: ref('7').digest },
    };
    expect(names(schema, output)).toEqual([
      'file one',
      'file map.spin',
      'file map.win',
      'file list.0.sound',
      'json doc',
      'file either',
      'file both.a',
    ]);
    expect(findArtifacts(schema, output)[4]).toEqual({
      kind: 'json',
      name: 'doc',
      type: 'config/toy',
      value: output.doc,
    });
  });

  test('passes over what is absent or null', () => {
    const schema = Type.Object({
      maybe: Type.Optional(file('audio/sfx')),
      either: Type.Union([file('audio/sfx'), Type.Null()]),
    });
    expect(names(schema, { either: null })).toEqual([]);
  });

  test('of alternatives, takes the one that fits', () => {
    const schema = Type.Object({
      doc: Type.Union([
        json('config/text', Type.Object({ text: Type.String() })),
        json('config/count', Type.Object({ count: Type.Number() })),
      ]),
    });
    const types = (doc: object) => findArtifacts(schema, { doc }).map(found => 'type' in found && found.type);
    expect(types({ text: 'x' })).toEqual(['config/text']);
    expect(types({ count: 1 })).toEqual(['config/count']);
  });

  test('an output that is itself a file has no name', () => {
    expect(names(file('audio/sfx'), ref('1'))).toEqual(['file ']);
  });
});

describe('checkOutput', () => {
  const schema = Type.Object({ text: Type.String() });
  const fill = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });

  test('takes an output up to the bound, in bytes of its canonical text', () => {
    expect(() => checkOutput('toy', schema, fill(MAX_OUTPUT_BYTES))).not.toThrow();
    expect(() => checkOutput('toy', schema, fill(MAX_OUTPUT_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'OUTPUT_TOO_LARGE', retryable: false }),
    );
    expect(() => checkOutput('toy', schema, { text: 'ä'.repeat(MAX_OUTPUT_BYTES / 2) })).toThrow(
      '65547 bytes',
    );
  });

  test.each([[undefined], [null], [{}], [{ text: 1 }], [{ text: '\ud800' }]])('refuses %j', output => {
    expect(() => checkOutput('toy', schema, output)).toThrow(
      expect.objectContaining({ code: 'OUTPUT_INVALID', retryable: false }),
    );
  });
});

describe('the schema of a file', () => {
  const issues = (type: string, given: unknown) => compile(file(type)).check(given).length;
  test.each([
    ['audio/sfx', 'audio/sfx', 0],
    ['audio/sfx', 'audio/bgm', 1],
    ['audio/*', 'audio/sfx', 0],
    ['audio/*', 'video/intro', 1],
    ['audio/*', 'audio/a/b', 1],
    ['audio/s.x', 'audio/sfx', 1],
  ])('%s with %s', (wanted, given, count) => {
    expect(issues(wanted, { ...ref('1'), type: given })).toBe(count);
  });

  test.each([
    ['a field more', { uri: 'x' }],
    ['another digest', { digest: 'sha256:ABC' }],
    ['a negative size', { size: -1 }],
    ['an empty filename', { filename: '' }],
  ])('refuses %s', (_name, more) => {
    expect(issues('audio/sfx', { ...ref('1'), ...more })).toBe(1);
  });
});
