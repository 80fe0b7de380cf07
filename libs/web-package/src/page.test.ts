import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { cspHash, escapeHtml, inlineJson } from './escape.js';
import { webPage } from './page.js';

const page = (more: Partial<Parameters<typeof webPage>[0]> = {}) =>
  webPage({
    locale: 'ar',
    title: 'Title',
    css: 'p{}',
    script: 'run()',
    data: {},
    sources: ['img-src data:'],
    ...more,
  });
const policyOf = (html: string) =>
  /content="(default-src[^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'").split('; ');

describe('escaping', () => {
  test('HTML: each character that markup could be made of', () => {
    expect(escapeHtml(`<a b="c" d='e'>&amp;`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;');
  });

  test('JSON: nothing ends the script element, and it reads as it was', () => {
    const value = { '</script>': '<!--&\u2028\u2029' };
    expect(inlineJson(value)).toBe('{"\\u003c/script\\u003e":"\\u003c!--\\u0026\\u2028\\u2029"}');
    expect(JSON.parse(inlineJson(value))).toEqual(value);
  });
});

describe('the page', () => {
  test('says its language and direction', () => {
    expect(page()).toContain('<html lang="ar" dir="rtl">');
    expect(page({ locale: 'en-US' })).toContain('<html lang="en-US" dir="ltr">');
  });

  test('lets its own script and style run, the named sources load, and nothing else', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(cspHash('run()')).toBe(hash('run()'));
    expect(policyOf(page())).toEqual([
      "default-src 'none'",
      `script-src ${hash('run()')}`,
      `style-src ${hash('p{}')}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('a script that holds the end of its element stays one script', () => {
    const html = page({ script: 'a="</script>"', data: '</script>' });
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).toContain('<script>a="<\\/script>"</script>');
    expect(policyOf(html)?.[1]).toBe(`script-src ${cspHash('a="<\\/script>"')}`);
  });
});
