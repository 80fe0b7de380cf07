import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type {
  ArtifactList,
  Event,
  Gate,
  MapItemList,
  Plan,
  Run,
  RunList,
  Skill,
  StepExplanation,
  Workflow,
} from '@cairn/client';
import { startCairn, type Cairn } from '../support/cairn.js';
import { CairnCommand } from '../support/cairn-command.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

let cairn: Cairn;
let cli: CairnCommand;
beforeAll(async () => {
  cairn = await startCairn({ catalog: 'cli' });
  cli = new CairnCommand({ CAIRN_URL: cairn.url, CAIRN_HOME: cairn.home });
}, 90_000);
afterAll(() => cairn?.stop());

/** Writes a file with JSON. @returns its path */
function file(name: string, content: unknown): string {
  const path = join(cairn.home, `${name}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const diamond = (name: string) => ['toy.diamond', '--trigger', file(name, { name })];
/** Runs toy.diamond to its end, as another client of the API. */
const built = async (name: string, options = {}) => {
  const { run } = await cairn.client.startRun({ workflow: 'toy.diamond', trigger: { name }, options });
  return cairn.client.waitForRun(run.id, { deadlineMs: 30_000 });
};
const lastOf = (lines: string) => JSON.parse(lines.trim().split('\n').at(-1) ?? '') as Event;
/** The run whose events these are. */
const runOf = (lines: string) => cairn.client.getRun(lastOf(lines).runid ?? '');
const executed = (run: Run) => run.steps.filter(step => !step.cacheHit).map(({ stepId }) => stepId);
/** The cells of each row of a table, of which some may have spaces. */
const cells = (line: string | undefined) => (line ?? '').trim().split(/ {2,}/);
const NOBODY = '01234567-89ab-7cde-8f01-23456789abcd';

describe('a run', () => {
  test('is started, followed and shown for people, without colours in a pipe', async () => {
    const { exit, stdout, stderr } = await cli.run('run', ...diamond('seen'), '--watch');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain('  first completed in ');
    expect(stdout).toMatch(/\n {2}toy\.diamond 1\.0\.0 {2}✔ completed: 4 executed, [\d.]+ m?s\n/);
    expect(stdout).toMatch(/\n {2}✔ left {3}executed +[\d.]+ m?s +\d+ B\n/);
    expect(stdout).not.toContain('\u001b');
    const again = await cli.run('run', ...diamond('seen'), '--watch');
    expect(again.stdout).toContain('4 of 4 from cache');
  });

  test('is a line of JSON for each event', async () => {
    const { exit, stdout, stderr } = await cli.run('run', ...diamond('told'), '--watch', '--json');
    const lines = stdout.trim().split('\n');
    const events = lines.map(line => JSON.parse(line) as Event);
    expect([exit, stderr, new Set(lines).size]).toEqual([0, '', lines.length]);
    const told = events.map(({ type, stepid }) => `${type} ${stepid ?? ''}`.trim());
    expect([told[0], told[1], told.at(-1)]).toEqual(['run.created', 'run.started', 'run.completed']);
    for (const step of ['first', 'left', 'right', 'last'])
      expect(told.filter(line => line.endsWith(` ${step}`))).toEqual([
        `step.started ${step}`,
        `step.completed ${step}`,
      ]);
  });

  test('is accepted at once, and watched and shown later', async () => {
    const accepted = await cli.json<Run>('run', ...diamond('later'));
    expect([accepted.exit, accepted.document.status]).toEqual([0, 'queued']);
    const { id } = accepted.document;
    const watched = await cli.run('runs', 'watch', id);
    expect([watched.exit, watched.stdout]).toEqual([0, expect.stringContaining(id)]);
    const named = await Promise.all(
      ['last', id.slice(-8), id.toUpperCase()].map(name => cli.json<Run>('runs', 'show', name)),
    );
    expect(named.map(({ document }) => [document.id, document.status])).toEqual(
      named.map(() => [id, 'completed']),
    );
    const shown = await cli.run('runs', 'show', id);
    expect([shown.exit, shown.stdout]).toEqual([0, expect.stringContaining('✔ completed: 4 executed')]);
  });

  test('takes its trigger from standard input, and a version', async () => {
    const typed = await cli.feed(
      '{"name":"typed"}',
      'run',
      'toy.diamond',
      '--trigger',
      '-',
      '--version',
      '1.0.0',
    );
    expect([typed.exit, typed.stdout]).toEqual([0, expect.stringMatching(/^ {2}Accepted: [0-9a-f-]{36}\n/)]);
    const unknown = await cli.run('run', ...diamond('typed'), '--version', '9.9.9');
    expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('/version')]);
  });

  test('takes no earlier results where that is asked for', async () => {
    await built('fresh');
    const once = async (...options: string[]) => {
      const { exit, stdout } = await cli.run('run', ...diamond('fresh'), '--watch', '--json', ...options);
      expect(exit).toBe(0);
      return executed(await runOf(stdout));
    };
    expect(await once('--refresh', 'left')).toEqual(['left']);
    expect(await once('--refresh')).toHaveLength(4);
    expect(await once('--bypass')).toHaveLength(4);
  });

  test('is one run under one key', async () => {
    const first = await cli.json<Run>('run', ...diamond('keyed'), '--idempotency-key', 'cli-1');
    const second = await cli.run('run', ...diamond('keyed'), '--idempotency-key', 'cli-1');
    expect(second.stdout).toContain(`This key has a run already: ${first.document.id}`);
    const other = await cli.run('run', ...diamond('other'), '--idempotency-key', 'cli-1');
    expect([other.exit, other.stderr]).toEqual([2, expect.stringContaining('IDEMPOTENCY_KEY_REUSED')]);
  });

  test('that fails says what failed and what to do next, and ends with 1', async () => {
    const args = ['toy.broken', '--trigger', file('broken', { name: 'broken' })];
    const { exit, stdout } = await cli.run('run', ...args, '--watch');
    const { document } = await cli.json<RunList>('runs', 'list', '--status', 'failed', '--limit', '1');
    const [failed] = document.items;
    expect([exit, failed?.workflowName]).toEqual([1, 'toy.broken']);
    expect(stdout).toContain('✖ broken (toy)  TOY_FAILED\n    broken was told to fail\n');
    expect(stdout).toContain(`cairn runs retry ${failed?.id} goes on`);
    const id = failed?.id ?? '';
    const looks = await Promise.all([cli.run('runs', 'watch', id), cli.run('runs', 'show', id)]);
    expect(looks.map(({ exit: code }) => code)).toEqual([1, 0]);
  });

  test('goes on when who watches it is interrupted, until it is cancelled', async () => {
    const waiting = file('wait', { name: 'cli-wait', mode: 'wait' });
    const { process, said, heard } = cli.start(['run', 'toy.diamond', '--trigger', waiting, '--watch']);
    await waitUntil('the step has started', () => heard().includes('left started'));
    process.kill('SIGINT');
    const { exit, stdout } = await said;
    const id = /cairn runs watch ([0-9a-f-]{36})/.exec(stdout)?.[1] ?? '';
    expect([exit, stdout]).toEqual([130, expect.stringContaining('The run goes on')]);

    const asked = await cli.run('runs', 'cancel', id);
    expect([asked.exit, asked.stdout]).toEqual([0, expect.stringContaining(`cairn runs watch ${id}`)]);
    const ended = await cli.run('runs', 'watch', id, '--json');
    expect([ended.exit, lastOf(ended.stdout).type]).toEqual([1, 'run.cancelled']);
    expect((await cli.json<Run>('runs', 'cancel', id)).document.status).toBe('cancelled');
  });

  test('is followed on, each line once, when the API is killed and started again', async () => {
    const waiting = file('away', { name: 'cli-away', mode: 'wait_flaky' });
    const { said, heard } = cli.start(['run', 'toy.diamond', '--trigger', waiting, '--watch']);
    await waitUntil('the step has said something', () => heard().includes('left: waits for its mark'));
    await cairn.api.end('SIGKILL');
    cairn.release('cli-away');
    await waitUntil('the step is done', () => cairn.executions().includes('last'));
    await cairn.api.start();
    const { exit, stdout, stderr } = await said;
    expect([exit, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').filter(line => line.startsWith('  left'));
    expect(lines.map(line => line.replace(/[\d.]+ m?s/, '… s'))).toEqual([
      '  left started',
      '  left: waits for its mark {"text":"cli-away"}',
      '  left: 50 % waiting',
      '  left failed, attempt 1, and is tried again: TOY_FLAKY left fails twice',
      '  left started, attempt 2',
      '  left: waits for its mark {"text":"cli-away"}',
      '  left: 50 % waiting',
      '  left failed, attempt 2, and is tried again: TOY_FLAKY left fails twice',
      '  left started, attempt 3',
      '  left: waits for its mark {"text":"cli-away"}',
      '  left: 50 % waiting',
      '  left completed in … s, attempt 3',
    ]);
  });
});

describe('second tries', () => {
  test('a run is retried, alone or with others', async () => {
    const args = ['toy.broken', '--trigger', file('again', { name: 'again' })];
    const { stdout } = await cli.run('run', ...args, '--watch', '--json');
    const first = await runOf(stdout);
    const retried = await cli.run('runs', 'retry', first.id, '--watch', '--json');
    const retry = await runOf(retried.stdout);
    expect([retried.exit, retry.retryOfRunId]).toEqual([1, first.id]);

    const filter = ['--workflow', 'toy.broken', '--error-code', 'TOY_FAILED'];
    const second = retry.id;
    const dry = await cli.run('runs', 'retry', ...filter, '--dry-run');
    expect([dry.exit, dry.stdout]).toEqual([0, expect.stringContaining(second)]);
    expect(dry.stdout).toMatch(/\n {2}\d+ runs? would be retried\n$/);
    const many = await cli.json<{ retried: { runId: string; newRunId?: string }[] }>(
      'runs',
      'retry',
      ...filter,
    );
    const pair = many.document.retried.find(({ runId }) => runId === second);
    expect((await cairn.client.getRun(pair?.newRunId ?? '')).retryOfRunId).toBe(second);
  });

  test('what cannot be retried is refused', async () => {
    const { id } = await built('whole');
    const [completed, nothing, both] = await Promise.all([
      cli.run('runs', 'retry', id),
      cli.run('runs', 'retry'),
      cli.run('runs', 'retry', id, '--all'),
    ]);
    expect([completed.exit, completed.stderr]).toEqual([2, expect.stringContaining('RUN_NOT_RETRYABLE')]);
    expect([nothing.exit, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('Name a run, or say which runs'),
    ]);
    expect(both.exit).toBe(2);
  });

  test('a run is forked from a step with another input', async () => {
    const { id } = await built('forked');
    const input = file('input', { text: 'something else' });
    const fork = await cli.run('runs', 'fork', id, '--from', 'left', '--input', input, '--watch', '--json');
    const run = await runOf(fork.stdout);
    expect([fork.exit, run.forkOfRunId, executed(run)]).toEqual([0, id, ['left', 'last']]);
    const nowhere = await cli.run('runs', 'fork', id, '--from', 'nowhere');
    expect([nowhere.exit, nowhere.stderr]).toEqual([2, expect.stringContaining('/from')]);
  });
});

describe('what a run would do, and why it did', () => {
  test('is told before and after one word has changed', async () => {
    const { id } = await built('planned');
    const changed = ['toy.diamond', '--trigger', file('changed', { name: 'planned', ending: 'fin' })];
    const plan = await cli.run('plan', ...changed);
    const rows = plan.stdout.split('\n').filter(line => /^ {2}[≡▸]/.test(line));
    expect([plan.exit, rows.map(row => cells(row).slice(0, 2))]).toEqual([
      0,
      [
        ['≡ first', 'from cache'],
        ['≡ left', 'from cache'],
        ['▸ right', 'executes'],
        ['≡ last', 'from cache if unchanged'],
      ],
    ]);
    expect(rows[2]).toContain('text differs: "planned end" became "planned fin"');
    const { document } = await cli.json<Plan>('plan', ...changed, '--refresh', 'left');
    expect(document.counts).toMatchObject({ hit: 1, miss: 2, hit_if_unchanged: 1 });

    await cli.run('run', ...changed, '--watch');
    const why = await cli.run('explain', 'last', 'right');
    expect([why.exit, why.stdout]).toEqual([
      0,
      expect.stringContaining('    ≠ text differs: "planned end" became "planned fin"  /input/text\n'),
    ]);
    const against = await cli.json<StepExplanation>('explain', 'last', 'left', '--against', id);
    expect(against.document).toMatchObject({ outcome: 'reused', result: { madeByRunId: id }, changes: [] });
    expect((await cli.run('explain', id, 'nowhere')).exit).toBe(3);
  });
});

describe('what waits for approval', () => {
  test('is listed, shown with its digest, and decided on', async () => {
    const trigger = file('release', { name: 'release' });
    const { process, said, heard } = cli.start(['run', 'shape.release', '--trigger', trigger, '--watch']);
    try {
      await waitUntil('the gate is told', () => heard().includes('approve waits for the approval'));
      const listed = await cli.run('gates', 'list');
      const row = listed.stdout.split('\n').find(line => line.includes('approve'));
      const [id = ''] = cells(row);
      expect([listed.exit, cells(row).slice(1, 4)]).toEqual([0, ['approve', '● open', 'approver']]);
      expect(heard()).toContain(`cairn gates show ${id}`);

      const shown = await cli.run('gates', 'show', 'last');
      expect([shown.exit, shown.stdout]).toEqual([0, expect.stringContaining('made.txt (text/page)')]);
      const approve = /^ {2}cairn (gates approve .*)$/m.exec(shown.stdout)?.[1]?.split(' ') ?? [];
      const other = approve.map(word => (word.startsWith('sha256:') ? `sha256:${'0'.repeat(64)}` : word));
      const refused = await cli.run(...other, '--by', 'ada');
      expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('GATE_DIGEST_DIFFERS')]);
      const decided = await cli.json<Gate>(...approve, '--by', 'ada', '--comment', 'fine');
      expect(decided).toMatchObject({ exit: 0, document: { id, status: 'approved', decidedBy: 'ada' } });
      expect([(await said).exit, (await said).stdout]).toEqual([0, expect.stringContaining('✔ live')]);
      const late = await cli.run('gates', 'reject', id, ...approve.slice(3), '--by', 'eve');
      expect([late.exit, late.stderr]).toEqual([2, expect.stringContaining('GATE_CLOSED')]);
    } finally {
      process.kill('SIGKILL');
    }
  });
});

describe('runs inside runs', () => {
  test('items of a map are counted and listed', async () => {
    const trigger = file('words', { words: 'good bad:fail' });
    const run = await cli.run('run', 'map.collect', '--trigger', trigger, '--watch');
    expect([run.exit, run.stdout]).toEqual([
      0,
      expect.stringMatching(/pages completed in .*, 2 items, 1 failed/),
    ]);
    const items = await cli.run('runs', 'items', 'last', 'pages');
    const rows = items.stdout.split('\n').slice(1, 3).map(cells);
    expect([items.exit, rows.map(row => row.slice(0, 2))]).toEqual([
      0,
      [
        ['good', '✔ done'],
        ['bad', '✖ failed'],
      ],
    ]);
    const { document } = await cli.json<MapItemList>('runs', 'items', 'last', 'pages', '--status', 'failed');
    expect(document.items.map(({ key, errorCode }) => [key, errorCode])).toEqual([['bad', 'TOY_FAILED']]);
  });

  test('a run that a step has started is found by its parent', async () => {
    const run = await cli.run('run', 'shape.outer', '--trigger', file('outer', { name: 'outer' }), '--watch');
    const child = /inner +cairn runs show ([0-9a-f-]{36})/.exec(run.stdout)?.[1];
    expect([run.exit, child]).toEqual([0, expect.any(String)]);
    const { document } = await cli.json<RunList>('runs', 'list', '--parent', 'last');
    expect(document.items.map(({ id, workflowName }) => [id, workflowName])).toEqual([
      [child, 'shape.inner'],
    ]);
  });
});

describe('files of a run', () => {
  test('are listed, fetched once and verified', async () => {
    const { id } = await built('files');
    const [listed, { document }, whole] = await Promise.all([
      cli.run('artifacts', 'list', id),
      cli.json<ArtifactList>('artifacts', 'list', id),
      cli.run('artifacts', 'verify', id),
    ]);
    const page = listed.stdout.split('\n').find(line => line.includes('last.txt'));
    expect([listed.exit, cells(page).slice(1, 4)]).toEqual([0, ['last', 'text/page', 'last.txt']]);
    expect(document.items).toHaveLength(8);

    const into = join(cairn.home, 'pulled');
    const pulled = await cli.run('artifacts', 'pull', id, '--into', into, '--type', 'text/page');
    expect([pulled.exit, pulled.stdout]).toEqual([0, expect.stringContaining(`4 files in ${into}`)]);
    expect(readFileSync(join(into, 'last/last.txt'), 'utf8')).toBe('files | files end\n');
    const again = await cli.json<{ files: { path: string; fetched: boolean }[] }>(
      ...['artifacts', 'pull', id, '--into', into, '--step', 'last'],
    );
    expect(again.document.files.map(({ fetched }) => fetched)).toEqual([true, false]);
    expect((await cli.run('artifacts', 'pull', id, '--step', 'nowhere')).exit).toBe(3);

    expect([whole.exit, whole.stdout]).toEqual([
      0,
      expect.stringMatching(/^ {2}✔ 8 files read, \d+ B: every byte/),
    ]);
  });

  test('that are damaged are found, and not fetched', async () => {
    const { id } = await built('damaged');
    const { items } = await cairn.client.listRunArtifacts(id);
    const page = items.find(({ filename }) => filename === 'right.txt');
    writeFileSync(page?.uri ?? '', 'damaged enx\n');
    const into = join(cairn.home, 'damaged');
    const refused = await cli.run(
      'artifacts',
      'pull',
      id,
      '--into',
      into,
      '--step',
      'right',
      '--type',
      'text/page',
    );
    expect([refused.exit, refused.stderr]).toEqual([1, expect.stringContaining('ARTIFACT_')]);
    const verified = await cli.json<{
      checked: number;
      damaged: { digest: string; artifactIds: string[] }[];
    }>(...['artifacts', 'verify', id]);
    expect([verified.exit, verified.document.checked]).toEqual([1, 8]);
    expect(verified.document.damaged).toMatchObject([{ digest: page?.contentHash, artifactIds: [page?.id] }]);
    const store = await cli.run('artifacts', 'verify');
    expect([store.exit, store.stdout]).toEqual([1, expect.stringContaining('1 file damaged')]);
  });
});

describe('the catalog', () => {
  test('has workflows and their graphs', async () => {
    const [listed, drawn, { document }] = await Promise.all([
      cli.run('workflows', 'list'),
      cli.run('workflows', 'graph', 'toy.choice'),
      cli.json<Workflow>('workflows', 'graph', 'toy.choice'),
    ]);
    const row = listed.stdout.split('\n').find(line => line.includes('toy.diamond'));
    expect([listed.exit, cells(row)]).toEqual([0, ['toy.diamond', '1.0.0', '4']]);
    expect([drawn.exit, drawn.stdout]).toEqual([
      0,
      'flowchart TD\n  n0["loud<br/>toy"]\n  n1["said<br/>toy"]\n  n0 --> n1\n',
    ]);
    expect(document.steps.map(({ id }) => id)).toEqual(['loud', 'said']);
  });

  test('has skills and who serves them', async () => {
    const [listed, { document }] = await Promise.all([
      cli.run('skills', 'list'),
      cli.json<{ items: Skill[] }>('skills', 'list'),
    ]);
    const row = listed.stdout.split('\n').find(line => line.includes(' toy '));
    expect([listed.exit, cells(row)]).toEqual([0, ['toy', '1.0.0', 'Show a way to go', '1 build']]);
    expect(document.items.map(({ id }) => id)).toEqual(['toy', 'noop', 'list']);
  });
});

test('gc tells what it would remove, and removes it', async () => {
  const { id } = await built('gone', { bypass: true });
  await cairn.client.deleteRun(id);
  const tried = await cli.run('gc', '--grace', '0', '--dry-run');
  expect([tried.exit, tried.stdout]).toEqual([0, expect.stringMatching(/Would free \d+ B \(grace 0\)/)]);
  const done = await cli.json<{ dryRun: boolean; blobs: { count: number } }>('gc', '--grace', '0');
  expect([done.exit, done.document.dryRun, done.document.blobs.count > 0]).toEqual([0, false, true]);
  expect((await cli.run('gc', '--grace', '0')).stdout).toBe('  Nothing to remove (grace 0)\n');
  expect((await cli.run('gc', '--grace', 'soon')).exit).toBe(2);
});

describe('the doctor', () => {
  type Diagnosis = { ok: boolean; checks: { name: string; status: string; next?: string }[] };

  test('finds everything in order', async () => {
    const [{ exit, document }, { stdout }] = await Promise.all([
      cli.json<Diagnosis>('doctor'),
      cli.run('doctor'),
    ]);
    const names = ['node', 'api', 'database', 'temporal', 'store', 'workers', 'skills', 'disk'];
    expect([exit, document.ok, document.checks.map(({ name }) => name)]).toEqual([0, true, names]);
    expect(stdout).toContain(`  ✔ api       ${cairn.url} answers (as CAIRN_URL says), version `);
  });

  test('says what to do where nothing answers', async () => {
    const { exit, document } = await cli.json<Diagnosis>('doctor', '--url', 'http://127.0.0.1:9');
    const statuses = document.checks.map(({ status }) => status);
    expect([exit, document.ok]).toEqual([1, false]);
    expect(statuses.slice(1, 7)).toEqual(['failed', ...Array<string>(5).fill('unknown')]);
    expect(document.checks[1]?.next).toContain('npm start');
  });
});

describe('what is not there or not right', () => {
  test('ends with an exit code and a code of its own', async () => {
    const cases: [number, string, string[]][] = [
      [3, 'NOT_FOUND', ['runs', 'show', NOBODY]],
      [3, 'NOT_FOUND', ['runs', 'show', 'ffffffff']],
      [3, 'NOT_FOUND', ['workflows', 'graph', 'toy.none']],
      [2, 'USAGE', ['runs', 'show', 'first']],
      [2, 'USAGE', ['runs', 'list', '--status', 'done']],
      [2, 'USAGE', ['run', 'toy.diamond', '--trigger', '/nowhere.json']],
      [4, 'UNREACHABLE', ['runs', 'list', '--url', 'http://127.0.0.1:9']],
    ];
    const came = await Promise.all(
      cases.map(async ([, , args]) => {
        const { exit, stdout, stderr } = await cli.run(...args, '--json');
        expect(stderr).toMatch(/^✖ .+\n/);
        const { error } = JSON.parse(stdout) as { error: { code: string; exitCode: number } };
        expect(error.exitCode).toBe(exit);
        return [exit, error.code, args];
      }),
    );
    expect(came).toEqual(cases);
  });

  test('is told on standard error alone where nobody asked for JSON', async () => {
    const { exit, stdout, stderr } = await cli.run('runs', 'show', NOBODY);
    expect([exit, stdout, stderr]).toEqual([3, '', expect.stringMatching(/^✖ There is no such run\n/)]);
  });

  test('each rule that a trigger breaks is named', async () => {
    const { exit, stderr } = await cli.run('run', 'toy.diamond', '--trigger', file('bad', { nme: 1 }));
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining('    /name  is required\n    /nme  is an unknown field'),
    ]);
  });

  test('a request without an answer may be sent again under its key', async () => {
    const { exit, stderr } = await cli.run('run', ...diamond('away'), '--url', 'http://127.0.0.1:9');
    expect([exit, stderr]).toEqual([
      4,
      expect.stringMatching(/Sent again with --idempotency-key [0-9a-f-]{36} /),
    ]);
  });
});

test('the API is found where a running start has recorded it', async () => {
  const record = { ownerPid: process.pid, url: cairn.url };
  writeFileSync(join(cairn.home, 'api.json'), JSON.stringify(record));
  const { exit, stdout } = await new CairnCommand({ CAIRN_HOME: cairn.home }).run('doctor');
  expect([exit, stdout]).toEqual([0, expect.stringContaining(`${cairn.url} answers (of the running`)]);
});
