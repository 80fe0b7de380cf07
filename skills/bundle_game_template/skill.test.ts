import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { GameConfig } from '@cairn/dto';
import { runSkill, runSkillTwice } from '@cairn/skill-kit/testing';
import { unzipSync } from 'fflate';
import { config, files, input } from './examples.js';
import run from './run.js';

const resources = {
  game: 'document.title="</script>"',
  css: '.game{}',
  skin: '.field{}',
  texts: { en: { spin: 'Spin', won: 'You won!' }, de: { spin: 'Drehen' } },
};

async function bundle(changes: Partial<GameConfig> = {}, resource: Partial<typeof resources> = {}) {
  const settings = {
    input: { ...input, config: { ...config, ...changes } },
    files,
    resources: { ...resources, ...resource },
  };
  const result = await runSkill(run, settings);
  const zip = result.files.get(result.output.game);
  const entries = unzipSync(zip);
  return { ...result, zip, entries, page: Buffer.from(entries['index.html'] ?? []).toString() };
}

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data);
/** The document that the page's script reads. */
const inlined = (page: string) =>
  JSON.parse(
    /<script type="application\/json" id="cairn-data">(.*?)<\/script>/s.exec(page)?.[1] ?? '',
  ) as unknown;

describe('the zip', () => {
  test('holds page, config and sounds, sorted, and the same bytes each time', async () => {
    const { output, files: written } = await runSkillTwice(run, { input, files, resources });
    const entries = unzipSync(written.get(output.game));
    expect(Object.keys(entries)).toEqual([
      'audio/bgm.mp3',
      'audio/sfx/tick.wav',
      'audio/sfx/win.mp3',
      'game_config.json',
      'index.html',
    ]);
    expect(Buffer.from(entries['audio/bgm.mp3'] ?? []).toString()).toBe('music');
    expect(JSON.parse(Buffer.from(entries['game_config.json'] ?? []).toString())).toEqual(config);
  });

  test('is dated 1980-01-01 in each entry, wherever it is made', async () => {
    const { zip } = await bundle();
    // Local file header: signature, then the DOS time and date at 10 and 12 (PKWARE APPNOTE 4.3.7).
    const view = new DataView(zip.buffer, zip.byteOffset);
    expect(view.getUint32(0, true)).toBe(0x04034b50);
    expect([view.getUint16(10, true), view.getUint16(12, true)]).toEqual([0, 0x21]);
  });

  test('leaves out music that is switched off', async () => {
    const { entries, page } = await bundle({
      audio: { ...config.audio, bgm: { ...config.audio.bgm, enabled: false } },
    });
    expect(Object.keys(entries)).not.toContain('audio/bgm.mp3');
    expect(inlined(page)).toMatchObject({ sounds: { effects: { win: 'audio/sfx/win.mp3' } } });
  });
});

describe('the bundle manifest', () => {
  test('tells each file by size, type and checksum', async () => {
    const { output, zip, entries } = await bundle();
    const { files: described, assets, metadata, ...rest } = output.files;
    expect(rest).toEqual({
      bundle_id: `spin_wheel_v1-${sha256(zip).digest('hex').slice(0, 16)}`,
      template_id: 'spin_wheel_v1',
      version: '1.0.0',
      created_at: '1980-01-01T00:00:00Z',
      entry_point: 'index.html',
      checksum: `sha256:${sha256(zip).digest('hex')}`,
    });
    expect(described).toEqual(
      Object.entries(entries).map(([path, bytes]) => ({
        path,
        size_bytes: bytes.length,
        content_type: path.endsWith('html')
          ? 'text/html; charset=utf-8'
          : path.endsWith('json')
            ? 'application/json'
            : path.endsWith('wav')
              ? 'audio/wav'
              : 'audio/mpeg',
        checksum: sha256(bytes).digest('hex').slice(0, 16),
      })),
    );
    expect(assets).toEqual({
      images: [],
      audio: ['audio/bgm.mp3', 'audio/sfx/tick.wav', 'audio/sfx/win.mp3'],
      video: [],
      models: [],
      configs: ['game_config.json'],
    });
    expect(metadata.file_count).toBe(5);
    expect(metadata.total_size_bytes).toBe(
      Object.values(entries).reduce((sum, bytes) => sum + bytes.length, 0),
    );
  });

  test('another text is another bundle', async () => {
    const [one, other] = await Promise.all([bundle(), bundle({ copy: { ...config.copy, title: 'Other' } })]);
    expect(other.output.files.bundle_id).not.toBe(one.output.files.bundle_id);
  });
});

describe('the page', () => {
  test('lets its own script and style run, and nothing else', async () => {
    const { page } = await bundle();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(page)?.[1]
      ?.replaceAll('&#39;', "'");
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${sha256(script).digest('base64')}'`,
      `style-src 'sha256-${sha256(style).digest('base64')}'`,
      'img-src data:',
      'font-src data:',
      "media-src 'self' file:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('nothing in copy, prizes or script ends an element of the page', async () => {
    const attack = '</script><!--<b title="x">&';
    const { page } = await bundle({
      copy: { ...config.copy, title: attack },
      mechanics: { ...config.mechanics, prizes: [{ label: attack, win: true }] },
    });
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).toContain('<title>&lt;/script&gt;&lt;!--&lt;b title=&quot;x&quot;&gt;&amp;</title>');
    expect(inlined(page)).toMatchObject({ config: { copy: { title: attack } } });
  });

  test('speaks the locale’s language, and English where a text is missing', async () => {
    const { page } = await bundle({ settings: { ...config.settings, locale: 'de-AT' } });
    expect(page).toContain('<html lang="de-AT" dir="ltr">');
    expect(inlined(page)).toMatchObject({ texts: { spin: 'Drehen', won: 'You won!' } });
  });

  test('runs from right to left where its script does, with the fonts for it inside', async () => {
    const { page } = await bundle({
      settings: { ...config.settings, locale: 'ar' },
      copy: { ...config.copy, title: 'أدر العجلة' },
    });
    expect(page).toContain('<html lang="ar" dir="rtl">');
    expect(page.match(/@font-face\{[^}]*url\(data:font/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('a character that no font has is refused', async () => {
    const copy = { ...config.copy, title: 'Win \u{1FFFE}' };
    await expect(bundle({ copy })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', retryable: false });
  });
});
