import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Which folder may import which: the table of docs/architecture.md, held here. */
const allowed = (source, ...targets) => ({ sourceTag: source, onlyDependOnLibsWithTags: targets });
const boundaries = [
  allowed('lib:canonical'),
  allowed('lib:configuration'),
  allowed('lib:typography'),
  allowed('lib:web-package'),
  allowed('lib:local-stack'),
  allowed('lib:payload-codec'),
  allowed('lib:telemetry', 'dao'),
  allowed('lib:client'),
  allowed('dto'),
  allowed('dao', 'dto'),
  allowed('lib:webhooks', 'dto', 'dao', 'lib:payload-codec'),
  allowed('lib:events', 'dto', 'dao'),
  allowed('lib:skill-kit', 'dto', 'lib:canonical', 'lib:artifact-store'),
  allowed('lib:pipeline', 'dto', 'lib:canonical', 'lib:skill-kit'),
  // The local stack for its tests: an S3 server.
  allowed('lib:artifact-store', 'dto', 'lib:canonical', 'lib:local-stack'),
  allowed('lib:providers', 'dto', 'lib:canonical', 'lib:skill-kit'),
  allowed('lib:campaign-kit', 'dto', 'lib:canonical', 'lib:skill-kit'),
  allowed('lib:catalog', 'lib:canonical', 'lib:skill-kit', 'lib:pipeline'),
  allowed('lib:scaffold', 'lib:catalog', 'lib:skill-kit'),
  allowed(
    'lib:engine',
    'dto',
    'dao',
    'lib:canonical',
    'lib:skill-kit',
    'lib:pipeline',
    'lib:artifact-store',
    'lib:catalog',
  ),
  allowed('lib:interpreter', 'lib:pipeline', 'lib:canonical'),
  allowed('skill', 'dto', 'lib:canonical', 'lib:skill-kit', 'lib:typography', 'lib:web-package', 'skill'),
  allowed('workflow', 'dto', 'lib:pipeline', 'lib:skill-kit', 'skill', 'lib:campaign-kit'),
  allowed(
    'app:worker',
    'dto',
    'dao',
    ...[
      'canonical',
      'configuration',
      'telemetry',
      'skill-kit',
      'pipeline',
      'artifact-store',
      'providers',
      'campaign-kit',
      'catalog',
      'engine',
      'payload-codec',
      'interpreter',
    ].map(lib => `lib:${lib}`),
  ),
  allowed(
    'app:api',
    'dto',
    'dao',
    ...[
      'canonical',
      'configuration',
      'telemetry',
      'skill-kit',
      'pipeline',
      'artifact-store',
      'campaign-kit',
      'catalog',
      'engine',
      'events',
      'payload-codec',
      'webhooks',
      // For its tests: the API is called through its client, against a real Temporal.
      'client',
      'local-stack',
    ].map(lib => `lib:${lib}`),
  ),
  allowed(
    'app:cli',
    'dto',
    ...[
      'client',
      'configuration',
      'local-stack',
      // The codec server for Temporal's UI.
      'payload-codec',
      // What makes and tries skills without an API: docs/adr/0013-skills-without-an-api.md.
      'catalog',
      'scaffold',
      'skill-kit',
      'providers',
      'campaign-kit',
    ].map(lib => `lib:${lib}`),
  ),
  allowed('test', '*'),
  allowed('example', 'dto', 'lib:skill-kit', 'lib:pipeline', 'example'),
];

const forbid = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }],
});
const NODE = [['node:*'], 'The declaring half is pure: no Node built-in.'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      '.cairn/**',
      'out/**',
      'libs/client/src/generated/**',
      // Code of somebody else's package, which the test of the page docs/first-skill.md compiles and runs.
      'libs/scaffold/templates/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    // One program for all: the many of the build take minutes and gigabytes here.
    languageOptions: {
      parserOptions: { project: ['tsconfig.lint.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: boundaries,
          allow: [],
          checkDynamicDependenciesExceptions: ['.*'],
          enforceBuildableLibDependency: false,
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // What runs in a browser has a project of its own, which esbuild bundles instead of tsc.
    files: ['libs/campaign-kit/{browser,player,templates}/**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['libs/campaign-kit/browser.tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  {
    // A reference has no value at load: `if (ref)` is always true, which is never what was meant.
    files: ['workflows/*/workflow.ts', 'examples/**/workflow.ts', 'test/fixtures/**/workflows.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'error' },
  },
  {
    files: ['skills/*/skill.ts', 'workflows/*/workflow.ts'],
    rules: forbid(NODE, [['**/run.js', '@cairn/skill-*/run'], 'Only the worker imports what a skill does.']),
  },
  {
    files: ['skills/*/run.ts'],
    rules: forbid([
      ['@cairn/skill-*', '@cairn/skill-*/**', '!@cairn/skill-kit', '!@cairn/skill-kit/**'],
      'A skill knows no other skill.',
    ]),
  },
  {
    files: ['apps/api/**/*.ts'],
    rules: forbid([['@cairn/skill-*/run'], 'Only the worker imports what a skill does.']),
  },
  {
    files: ['libs/interpreter/src/**/*.ts', 'libs/pipeline/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: forbid(NODE),
  },
  {
    files: ['libs/engine/src/**/*.ts'],
    rules: forbid([['@nestjs/*', '@temporalio/*'], 'The engine knows neither Nest nor Temporal.']),
  },
);
