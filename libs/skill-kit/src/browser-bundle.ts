/**
 * How esbuild makes one minified browser script of a `resource.bundle`: the engine and the tests of a skill must give
 * it the same bytes.
 */
export const BROWSER_BUNDLE = {
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  platform: 'browser',
  target: 'es2020',
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'silent',
} as const;
