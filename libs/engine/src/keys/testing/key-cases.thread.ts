import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { digestOf } from '@cairn/canonical';
import { cutTo, withDefaults } from '@cairn/dto';
import { arbitrarySchema, arbitraryValue } from './random-inputs.js';
import { changedPlace, rebuilt, unfit } from './random-changes.js';
import { randomOf, type Random } from './random.js';
import { stepKey, type KeyParts } from '../step-key.js';

/**
 * Random cases of the key, as a thread: outside of the test runner's own realm they take half the time.
 * The test is step-key.property.test.ts.
 */
export interface KeyCases {
  readonly seed: number;
  readonly cases: number;
}
export interface KeyCasesResult {
  /** By ingredient: how often it was changed for real. */
  readonly changed: Readonly<Record<string, number>>;
  /** Changes that led to the same JSON, once defaults are filled in. */
  readonly excepted: number;
  /** What JSON cannot carry, and was refused. */
  readonly refused: number;
}

type Changed = { readonly parts: KeyParts; readonly input: unknown };
type Change = (random: Random, parts: KeyParts, input: unknown) => Changed;

const inParts =
  (change: (random: Random, parts: KeyParts) => Partial<KeyParts>): Change =>
  (random, parts, input) => ({ parts: { ...parts, ...change(random, parts) }, input });
const swapped = (a: 'tenantId' | 'skillId' | 'skillVersion', b: typeof a): Change =>
  inParts((_random, parts) => ({ [a]: parts[b], [b]: parts[a] }));
const digest = (random: Random) => digestOf(random.below(1_000_000));

/** A record with one entry changed, renamed, added or left out. */
function changedRecord(random: Random, record: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(record);
  const name = random.of(names) ?? 'more';
  const { [name]: value = '', ...others } = record;
  return random.of([
    { ...others, [name]: digest(random) },
    { ...others, [`${name}2`]: value },
    { ...record, [`${name}3`]: digest(random) },
    others,
  ])!;
}

/** Every ingredient of a key, and how a case changes it. */
const CHANGES: Readonly<Record<string, Change>> = {
  tenant: inParts((random, { tenantId }) => ({ tenantId: `${tenantId}${random.below(9)}` })),
  skill: inParts((random, { skillId }) => ({ skillId: `${skillId}_${random.below(9)}` })),
  version: inParts((random, { skillVersion }) => ({ skillVersion: `${skillVersion}${random.below(9)}` })),
  'tenant and skill change places': swapped('tenantId', 'skillId'),
  'skill and version change places': swapped('skillId', 'skillVersion'),
  fingerprint: inParts((random, { fingerprint }) => ({
    fingerprint: fingerprint !== undefined && random.below(3) === 0 ? undefined : digest(random),
  })),
  port: inParts((random, { ports }) => ({ ports: changedRecord(random, ports) })),
  resource: inParts((random, { resources }) => ({ resources: changedRecord(random, resources) })),
  'port and resource change places': inParts((_random, { ports, resources }) => ({
    ports: resources,
    resources: ports,
  })),
  'root run': inParts((random, { rootRunId }) => ({
    rootRunId:
      rootRunId !== undefined && random.below(2) === 0 ? undefined : `run-${random.below(1_000_000)}`,
  })),
  input: (random, parts, input) => ({ parts, input: changedPlace(random, input) }),
};
// Most of the cases are for the input: it has the most places.
const KINDS = [...Object.keys(CHANGES), ...Array.from({ length: 12 }, () => 'input')];

function arbitraryParts(random: Random): KeyParts {
  const record = (prefix: string) =>
    Object.fromEntries(Array.from({ length: random.below(3) }, (_, i) => [`${prefix}${i}`, digest(random)]));
  return {
    tenantId: `tenant-${random.below(5)}`,
    skillId: `skill_${random.below(5)}`,
    skillVersion: `1.${random.below(5)}.0`,
    ...(random.below(4) > 0 && { fingerprint: digest(random) }),
    ports: record('port'),
    resources: record('resource'),
    input: undefined,
    ...(random.below(3) === 0 && { rootRunId: `run-${random.below(5)}` }),
  };
}

/** Whether two lists of ingredients are the same JSON: told without any code of the key. */
function sameJson(a: KeyParts, b: KeyParts): boolean {
  const texts = [JSON.stringify(a), JSON.stringify(b)] as const;
  return texts[0] === texts[1] || isDeepStrictEqual(JSON.parse(texts[0]), JSON.parse(texts[1]));
}

/** @throws Error naming seed and case of the first that breaks a rule. */
function runCases({ seed, cases }: KeyCases): KeyCasesResult {
  const random = randomOf(seed);
  const schemas = Array.from({ length: 200 }, () => arbitrarySchema(random));
  const changes: Record<string, number> = Object.fromEntries(Object.keys(CHANGES).map(kind => [kind, 0]));
  let excepted = 0;
  let refused = 0;
  // Of 100,000 expected errors nobody reads where they came from; writing that down takes most of the time.
  Error.stackTraceLimit = 0;

  for (let i = 0; i < cases; i += 1) {
    const failed = (what: string, detail: unknown) =>
      new Error(`CAIRN_TEST_SEED=${seed}, case ${i}: ${what}: ${JSON.stringify(detail)}`);
    const schema = random.of(schemas)!;
    const shaped = (value: unknown) => withDefaults(schema, cutTo(schema, value));
    const input = arbitraryValue(random, schema);
    const parts = { ...arbitraryParts(random), input: shaped(input) };
    const key = stepKey(parts).cacheKey;

    // (a) The same, built another way.
    const same = rebuilt(random, schema, input);
    const sameParts = {
      ...parts,
      ports: Object.fromEntries(Object.entries(parts.ports).reverse()),
      resources: Object.fromEntries(Object.entries(parts.resources).reverse()),
      input: shaped(same),
    };
    if (stepKey(sameParts).cacheKey !== key) throw failed('two keys for one input', { input, same });

    // (b) One thing changed.
    const kind = random.of(KINDS)!;
    const changed = CHANGES[kind]!(random, parts, input);
    const otherParts = { ...changed.parts, input: shaped(changed.input) };
    const equal = sameJson(otherParts, parts);
    if ((stepKey(otherParts).cacheKey === key) !== equal)
      throw failed(equal ? `two keys for JSON-equal ${kind}` : `a changed ${kind} has the same key`, {
        parts,
        otherParts,
      });
    if (equal) excepted += 1;
    else changes[kind]! += 1;

    // (c) Something that JSON cannot carry.
    const { value, path, rule } = unfit(random, input);
    const error = thrownBy(() => stepKey({ ...parts, input: value }));
    if (error?.code !== 'NOT_JSON' || error.path !== path || !error.rule)
      throw failed(`${rule} was not refused at ${path}`, { input, got: error });
    refused += 1;
  }

  return { changed: changes, excepted, refused };
}

function thrownBy(call: () => unknown): { code?: string; path?: string; rule?: string } | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error as { code?: string };
  }
}

parentPort?.postMessage(runCases(workerData as KeyCases));
