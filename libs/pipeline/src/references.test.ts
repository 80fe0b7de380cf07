import { describe, expect, test } from '@jest/globals';
import type { AnySkill, Skill } from '@cairn/skill-kit';
import type { Builder } from './builder.js';
import { defineWorkflow } from './define-workflow.js';
import { firstOf, pluck, text } from './operators.js';
import { ReferenceMisuse, toExpr, type Ref } from './reference.js';
import { bundle, compose, configure, Trigger } from './testing/skills.js';

const head = { name: 'toy.bad', version: '1.0.0', trigger: Trigger };
/** The rules at load are for those whom the compiler did not stop. */
type Loose = Record<string, never> & Record<string, Record<string, never>>;
const define = (build: (w: Builder, t: Loose) => unknown) =>
  defineWorkflow(head, (w, t) => build(w, t as never) as object);

describe('a reference used as a value, in a step, names workflow, step and way out', () => {
  test.each<[string, (t: Loose) => unknown, RegExp]>([
    ['spreading', t => ({ ...t }), /\$trigger has no value yet: .*merge\(\) or pick\(\)/],
    ['a template string', t => ({ theme: `${String(t['title'])}!` }), /\$trigger\.title .*text`…`/],
    ['adding', t => ({ theme: (t['title'] as unknown as string) + '!' }), /text`…`/],
    ['comparing with ==', t => ({ theme: (t['title'] as unknown) == 'x' }), /eq\(\)/],
    ['iterating', t => ({ effects: [...(t['nested']!['names'] as never as string[])] }), /pluck\(\)/],
    ['listing fields', t => ({ theme: Object.keys(t).join() }), /merge\(\) or pick\(\)/],
    ['JSON.stringify', t => ({ theme: JSON.stringify(t) }), /merge\(\) or pick\(\)/],
    ['in', t => ({ theme: 'title' in t }), /present\(\)/],
    ['assigning', t => Object.assign(t, { title: 'x' }), /merge\(\)/],
    ['deleting', t => Reflect.deleteProperty(t, 'title'), /pick\(\)/],
    ['Object.defineProperty', t => Object.defineProperty(t, 'x', { value: 1 }), /merge\(\)/],
  ])('%s', (_name, input, message) => {
    const load = () => define((w, t) => w.step('one', compose, input(t) as never));
    expect(load).toThrow(ReferenceMisuse);
    expect(load).toThrow(message);
    expect(load).toThrow(/^toy\.bad/);
  });
});

describe('a step that cannot be stored names workflow and step', () => {
  test.each<[string, unknown, string]>([
    ['a function', { theme: () => 'x' }, 'a function is neither a literal nor a reference'],
    ['a symbol', { theme: Symbol('x') }, 'a symbol is neither'],
    ['a bigint', { theme: 1n }, 'a bigint is neither'],
    ['a Date', { theme: new Date(0) }, 'Date is neither a literal nor a reference'],
    ['a Map', { theme: new Map() }, 'Map is neither'],
    ['a promise', Promise.resolve({ theme: 'x' }), 'Promise is neither'],
    ['NaN', { theme: Number.NaN }, 'NaN is not a JSON number'],
    ['an integer beyond 2^53', { theme: 2 ** 60 }, 'beyond 2^53'],
    ['a lone surrogate', { theme: '\ud800' }, 'lone surrogate'],
    ['undefined in a list', { theme: 'x', effects: [undefined] }, 'undefined has no place in a list'],
  ])('%s', (_name, input, message) => {
    const load = () => define(w => w.step('one', compose, input as never));
    expect(load).toThrow(`toy.bad, step "one": `);
    expect(load).toThrow(message);
  });

  test.each<[string, object, string]>([
    ['no attempts', { retry: { attempts: 0 } }, 'retry.attempts is a whole number from 1, not 0'],
    ['a duration of another form', { timeout: '5 minutes' }, 'timeout is a duration like 250ms'],
    ['a silence too short', { heartbeat: '2s' }, 'heartbeat is at least 3s, not 2s'],
    ["a longest wait below the skill's first", { retry: { maxBackoff: '200ms' } }, 'retry.backoff, 250ms'],
    ['a code of another form', { retry: { nonRetryable: ['no'] } }, 'like PROVIDER_REFUSED, not ["no"]'],
    ['a queue of another form', { queue: 'GPU' }, 'queue is [a-z][a-z0-9-]{0,63}, not GPU'],
  ])('%s', (_name, options, message) => {
    const load = () => define(w => w.step('one', compose, { theme: 'x' }, options));
    expect(load).toThrow(`toy.bad, step "one": `);
    expect(load).toThrow(message);
  });
});

describe('refused', () => {
  const step = (w: Builder, id: string) => w.step(id, compose, { theme: 'x' });

  test('a step defined twice', () => {
    expect(() => define(w => [step(w, 'one'), step(w, 'one')])).toThrow(
      'toy.bad, step "one" is defined twice',
    );
  });

  test.each(['', 'One', '1st', 'with-dash', '$trigger', 'x'.repeat(65)])('a step called %j', id => {
    expect(() => define(w => step(w, id))).toThrow("a step's id is [a-z][a-z0-9_]{0,63}");
  });

  test.each(['', 'Toy', 'toy.', '.toy', 'toy build', '9toy'])('a workflow called %j', name => {
    expect(() => defineWorkflow({ ...head, name }, () => ({}))).toThrow("A workflow's name is like");
  });

  test.each(['', '1', '1.0', 'v1.0.0', '1.0.0-beta'])('version %j', version => {
    expect(() => defineWorkflow({ ...head, version }, () => ({}))).toThrow(
      'toy.bad: the version is like 1.0.0',
    );
  });

  test('one skill in two versions', () => {
    const newer = { ...compose, version: '2.0.0' } as typeof compose;
    expect(() => define(w => [step(w, 'one'), w.step('two', newer, { theme: 'x' })])).toThrow(
      'toy.bad, step "two": compose is used in versions 1.2.0 and 2.0.0',
    );
  });

  test('a step of another workflow: in an input, a condition, an order, the output', () => {
    let stranger!: Ref<string>;
    define(w => {
      stranger = w.step('elsewhere', configure, { title: 'x' }).config.title;
      return {};
    });
    const message = 'refers to "elsewhere", a step of another workflow';
    const one = 'toy.bad, step "one"';
    expect(() => define(w => w.step('one', compose, { theme: stranger }))).toThrow(`${one} ${message}`);
    const when = { when: stranger as never };
    expect(() => define(w => w.step('one', compose, { theme: 'x' }, when))).toThrow(`${one} ${message}`);
    const after = { after: [stranger] };
    expect(() => define(w => w.step('one', compose, { theme: 'x' }, after))).toThrow(`${one} ${message}`);
    expect(() => define(() => ({ stranger }))).toThrow(`toy.bad, output ${message}`);
  });

  test('a reference used as a value outside a step, and in a search value', () => {
    expect(() => define((_w, t) => ({ all: `${String(t['title'])}` }))).toThrow(
      /^toy\.bad: \$trigger\.title/,
    );
    const search = { campaign: (t: object) => ({ ...t }) as never };
    expect(() => defineWorkflow({ ...head, search }, () => ({}))).toThrow(/^toy\.bad, search campaign: /);
  });

  test('an asynchronous definition', () => {
    expect(() => define(() => Promise.resolve({}))).toThrow('toy.bad: Promise is neither');
  });
});

describe('the expression of', () => {
  const refOf = (build: (t: Ref<{ a: { b: string }; list: { c: number }[] }>) => unknown) => {
    let found: unknown;
    define((_w, t) => {
      found = toExpr(build(t as never));
      return {};
    });
    return found;
  };

  test('a field is its path, also where its name is one of Object.prototype', () => {
    expect(refOf(t => t.a.b)).toEqual({ $: 'ref', step: '$trigger', path: ['a', 'b'] });
    for (const key of ['__proto__', 'constructor', 'hasOwnProperty', 'then'])
      expect(refOf(t => (t as unknown as Record<string, unknown>)[key])).toEqual({
        $: 'ref',
        step: '$trigger',
        path: [key],
      });
  });

  test("an operator's field is taken from its result", () => {
    expect(refOf(t => (firstOf(t.a, { b: 'x' }) as typeof t.a).b)).toEqual({
      $: 'op',
      op: 'get',
      args: [
        {
          $: 'op',
          op: 'firstOf',
          args: [
            { $: 'ref', step: '$trigger', path: ['a'] },
            { $: 'obj', of: { b: { $: 'lit', value: 'x' } } },
          ],
        },
        { $: 'lit', value: 'b' },
      ],
    });
  });

  test('text and pluck carry their literals', () => {
    expect(refOf(t => text`<${t.a.b}>`)).toEqual({
      $: 'op',
      op: 'text',
      args: [
        { $: 'lit', value: '<' },
        { $: 'ref', step: '$trigger', path: ['a', 'b'] },
        { $: 'lit', value: '>' },
      ],
    });
    expect(refOf(t => pluck(t.list, 'c'))).toEqual({
      $: 'op',
      op: 'pluck',
      args: [
        { $: 'ref', step: '$trigger', path: ['list'] },
        { $: 'lit', value: 'c' },
      ],
    });
  });
});

test('the declared skills of a workflow, by id', () => {
  const { skills } = define(w => {
    const { track } = w.step('a', compose, { theme: 'x' });
    w.step('b', compose, { theme: 'y' });
    return w.step('c', bundle, { music: track, title: 'x' });
  });
  expect([...skills.keys()]).toEqual(['compose', 'bundle']);
  expect(skills.get('bundle')).toBe(bundle as unknown as Skill as unknown as AnySkill);
});
