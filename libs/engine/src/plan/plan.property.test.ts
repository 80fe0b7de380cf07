import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { jcs } from '@cairn/canonical';
import type { RunStep } from '@cairn/dao';
import { randomOf, type Random } from '../keys/testing/random.js';
import type { NodePlan } from './node-plan.js';
import { planInDetail } from './plan-run.js';
import { fieldAt } from './scope.js';
import { randomEdit, type Standing } from './testing/random-edits.js';
import { randomGraph, randomTrigger } from './testing/random-graph.js';
import { cameOut, runThrough, type CameOut } from './testing/run-through.js';
import { startToyLab, type ToyLab } from './testing/toy-lab.js';

const GRAPHS = 40;
const RUNS_OF_EACH = 5;
const seed = Number(process.env['CAIRN_TEST_SEED'] ?? Date.now() % 1_000_000_000);

jest.setTimeout(300_000);

let lab: ToyLab;
beforeAll(async () => {
  lab = await startToyLab();
});
afterAll(() => lab.stop());

/** What came of the verdicts: how often each was, and of those with an "if", how often it came true. */
const seen = new Map<string, number>();
const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

/** What a verdict promises of a step. */
function promised(plan: NodePlan): readonly CameOut[] {
  if (plan.verdict.startsWith('off')) return ['off'];
  if (plan.verdict.startsWith('hit')) return ['reused'];
  return plan.reason === 'invalid' ? ['failed'] : ['executed'];
}

/** Holds a verdict against what came of the step. @returns what is wrong with it */
function contradiction(
  plan: NodePlan,
  rows: ReadonlyMap<string, RunStep>,
  runId: string,
): string | undefined {
  const { verdict, name, openPaths, sameAs } = plan;
  count(verdict);
  if (verdict === 'undecided') return undefined;
  const asBefore = openPaths.every(({ step, path, before }) => {
    const row = rows.get(step)!;
    const now = cameOut(row) === 'off' ? undefined : fieldAt(row.output, path);
    return (
      ['executed', 'reused', 'off'].includes(cameOut(row)) && jcs([now ?? null]) === jcs([before ?? null])
    );
  });
  if (!asBefore) return undefined;
  if (openPaths.length > 0) count(`${verdict}, and it was unchanged`);
  const row = rows.get(name)!;
  const came = cameOut(row);
  if (promised(plan).includes(came)) return undefined;
  // One execution for two steps of a key: which of them it is, is a matter of who comes first.
  if (verdict.startsWith('miss') && came === 'reused' && row.madeByRunId === runId) return undefined;
  if (sameAs !== undefined && came === 'executed' && cameOut(rows.get(sameAs)!) === 'reused')
    return undefined;
  // Bytes that were gone came back, as another step of the run made the same.
  if (plan.reason === 'bytes_gone' && came === 'reused' && madeAgain(row, rows)) return undefined;
  return `${verdict} (${plan.message}), but it was ${came}`;
}

function madeAgain({ output }: RunStep, rows: ReadonlyMap<string, RunStep>): boolean {
  const made = [...rows.values()].filter(row => cameOut(row) === 'executed').map(row => jcs(row.output));
  const digests = jcs(output).match(/sha256:[0-9a-f]{64}/g) ?? [];
  return digests.every(digest => made.some(text => text.includes(digest)));
}

async function runOnce(
  tenantId: string,
  workflow: string,
  { trigger, build, options }: Standing,
): Promise<readonly string[]> {
  await lab.register(build);
  const request = { workflow, trigger, options };
  const before = await lab.state();
  const plan = await planInDetail(lab.planning, tenantId, request);
  expect(await lab.state()).toEqual(before);

  const { run } = await lab.service.create(tenantId, request);
  await runThrough(lab.engines[build]!, run);
  const steps = await lab.stepsOf(tenantId, run.id);
  const rows = new Map(steps.map(row => [row.stepId, row]));
  return plan.nodes.flatMap(node => {
    const wrong = contradiction(node, rows, run.id);
    return wrong === undefined ? [] : [`${node.name}: ${wrong}`];
  });
}

async function cases(random: Random): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let at = 0; at < GRAPHS; at += 1) {
    const name = `toy.graph${at}`;
    const workflow = randomGraph(random, name);
    lab.workflows.set(name, workflow);
    let standing: Standing = { trigger: randomTrigger(random), build: random.below(3), options: {} };
    const story: string[] = [];
    for (let nth = 0; nth < RUNS_OF_EACH; nth += 1) {
      const found = await runOnce(`tenant-${at}`, name, standing);
      wrong.push(...found.map(each => `${name}, run ${nth} (${story.join(', ')}): ${each}`));
      for (let edits = 1 + random.below(2); edits > 0; edits -= 1) {
        const { what, ...next } = await randomEdit(random, lab, `tenant-${at}`, workflow, standing);
        standing = { ...next, options: { ...next.options } };
        story.push(what);
      }
      story.push('run');
    }
  }
  return wrong;
}

test(`${GRAPHS * RUNS_OF_EACH} random runs do what their plans said (CAIRN_TEST_SEED=${seed})`, async () => {
  process.stdout.write(`CAIRN_TEST_SEED=${seed}\n`);
  const random = randomOf(seed);
  expect(await cases(random)).toEqual([]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(seen))}\n`);
  // The test is about something: each verdict was given often, and each "if" came true often.
  const verdicts = ['hit', 'miss', 'off', 'hit_if_unchanged', 'miss_if_unchanged', 'off_if_unchanged'];
  for (const verdict of verdicts) {
    const certain = verdict.endsWith('unchanged') ? `${verdict}, and it was unchanged` : verdict;
    expect([certain, (seen.get(certain) ?? 0) >= 10]).toEqual([certain, true]);
  }
  expect(seen.get('undecided') ?? 0).toBeLessThan(seen.get('hit') ?? 0);
});
