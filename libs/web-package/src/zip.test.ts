import { describe, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { unzipFiles, zipFiles } from './zip.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data);

describe('zipFiles', () => {
  test('gives the same bytes in whatever order the files come', () => {
    const files: [string, Uint8Array][] = [
      ['b.html', bytes('b')],
      ['a/c.mp3', bytes('c')],
    ];
    expect(zipFiles(new Map(files))).toEqual(zipFiles(new Map(files.toReversed())));
  });

  test('dates each file 1980-01-01 and stores media as they are', () => {
    // Local file header: method at 8, DOS time and date at 10 and 12 (PKWARE APPNOTE 4.3.7).
    const header = (path: string) => {
      const zip = zipFiles(new Map([[path, bytes('a'.repeat(100))]]));
      const view = new DataView(zip.buffer, zip.byteOffset);
      return [8, 10, 12].map(at => view.getUint16(at, true));
    };
    expect(header('a.html')).toEqual([8, 0, 0x21]);
    expect(header('a.mp4')).toEqual([0, 0, 0x21]);
  });
});

describe('unzipFiles', () => {
  test('gives back what was zipped, by path', () => {
    const zip = zipFiles(
      new Map([
        ['z.json', bytes('{}')],
        ['audio/bgm.mp3', bytes('music')],
      ]),
    );
    expect([...unzipFiles(zip)].map(([path, data]) => [path, text(data)])).toEqual([
      ['audio/bgm.mp3', 'music'],
      ['z.json', '{}'],
    ]);
  });

  test('sorts what another program zipped, and leaves out folders', () => {
    const zip = zipSync({ 'b.txt': bytes('b'), 'a/': new Uint8Array(0), 'a/c.txt': bytes('c') });
    expect([...unzipFiles(zip).keys()]).toEqual(['a/c.txt', 'b.txt']);
  });

  test('refuses what is no zip', () => {
    expect(() => unzipFiles(bytes('no zip'))).toThrow('invalid zip data');
  });
});
