import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildTemporal } from './temporal-build.js';
import { findTemporalBinary, TEMPORAL_VERSION, type WayToGet } from './temporal-binary.js';
import { scratchFolder } from './testing/scratch.js';

let scratch: ReturnType<typeof scratchFolder>;
let lines: string[];

beforeEach(() => {
  scratch = scratchFolder();
  lines = [];
});
afterEach(() => scratch.remove());

const log = (line: string) => void lines.push(line);
const inScratch = (...names: string[]) => join(scratch.folder, ...names);
const cached = () => inScratch('cache', 'cairn', `temporal-${TEMPORAL_VERSION}`);
const environment = () => ({
  PATH: inScratch('bin'),
  XDG_CACHE_HOME: inScratch('cache'),
  HOME: scratch.folder,
});
const noInternet: WayToGet = { name: 'download', get: () => Promise.reject(new Error('no internet')) };
const build: WayToGet = { name: 'go install', get: buildTemporal };

function program(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('the Temporal binary', () => {
  test('is the one on the PATH if that has a dev server', async () => {
    const onPath = program(inScratch('bin', 'temporal'), 'echo "  -f, --db-filename string"');
    program(cached(), 'exit 0');
    expect(await findTemporalBinary({ log, env: environment() })).toBe(onPath);
  });

  test('is the cached one if something else on the PATH has the name', async () => {
    program(inScratch('bin', 'temporal'), 'echo "temporal logic checker"');
    program(cached(), 'exit 0');
    expect(await findTemporalBinary({ log, env: environment() })).toBe(cached());
  });

  test('cannot be had without internet and Go: one line says what to do', async () => {
    await expect(
      findTemporalBinary({ log, env: environment(), ways: [noInternet, build] }),
    ).rejects.toMatchObject({
      code: 'TEMPORAL_UNAVAILABLE',
      message:
        'No Temporal server (download: no internet; go install: Go is not on the PATH): install the `temporal` command (https://docs.temporal.io/cli), or Go ≥ 1.24, or set TEMPORAL_ADDRESS to a running one',
    });
  });

  test('is got once when two need it at the same time', async () => {
    const targets: string[] = [];
    const slow: WayToGet = {
      name: 'slow',
      async get(target) {
        targets.push(target);
        await Promise.resolve();
        program(target, 'exit 0');
      },
    };
    const search = { log, env: environment(), ways: [slow] };
    const both = await Promise.all([findTemporalBinary(search), findTemporalBinary(search)]);
    expect(both).toEqual([cached(), cached()]);
    expect(targets).toEqual([cached()]);
  });

  test('is built by Go in a folder of its own and moved into place whole', async () => {
    program(
      inScratch('bin', 'go'),
      'echo "$@" > "$GOBIN/../asked"; echo "#!/bin/sh" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"',
    );
    const env = { ...environment(), PATH: `${inScratch('bin')}:/usr/bin:/bin` };
    expect(await findTemporalBinary({ log, env, ways: [build] })).toBe(cached());
    expect(existsSync(inScratch('cache', 'cairn', 'asked'))).toBe(true);
    expect(readdirSync(dirname(cached())).sort()).toEqual([
      'asked',
      'locks',
      'logs',
      `temporal-${TEMPORAL_VERSION}`,
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^Building Temporal's dev server v[\d.]+ with go install, once: /),
    ]);
  }, 20_000);

  test('is not there after a build that failed, and the failure is told', async () => {
    program(inScratch('bin', 'go'), 'echo "go: no network" >&2; exit 1');
    await expect(findTemporalBinary({ log, env: environment(), ways: [build] })).rejects.toMatchObject({
      message: expect.stringContaining('go install: exit code 1: go: no network'),
    });
    expect(readdirSync(dirname(cached())).sort()).toEqual(['locks', 'logs']);
  }, 20_000);
});
