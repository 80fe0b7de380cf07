import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { bundleWorkflowCode } from '@temporalio/worker';

const quiet = { log: noop, trace: noop, debug: noop, info: noop, warn: noop, error: noop };
function noop(): void {}

test("runs in Temporal's sandbox: the bundle needs no Node built-in and none of the defining libraries", async () => {
  // It fails for a module that the sandbox does not have.
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./index.js', import.meta.url)),
    logger: quiet,
  });
  expect(code).toContain('Runs are started by POST /v1/runs');
  const required = [...code.matchAll(/require\(\\?["']([^"'\\]+)\\?["']\)/g)].map(match => match[1]!);
  const builtIns = new Set(builtinModules);
  expect(required.filter(name => name.startsWith('node:') || builtIns.has(name))).toEqual([]);
  for (const library of [
    'node_modules/ajv',
    'node_modules/typebox',
    'libs/skill-kit',
    'node_modules/typeorm',
  ])
    expect(code).not.toContain(library);
}, 120_000);
