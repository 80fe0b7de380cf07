import { describe, expect, test } from '@jest/globals';
import type { FileRef, Static } from '@cairn/skill-kit';
import { Type } from '@cairn/skill-kit';
import type { Builder, Verdict } from './builder.js';
import { defineWorkflow, type Workflow } from './define-workflow.js';
import { allNodes, dependencies, skillSteps, type MapNode } from './graph.js';
import { firstOf, pluck } from './operators.js';
import type { Ref } from './reference.js';
import { bundle, compose, Trigger } from './testing/skills.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type OutputOf<W> = W extends Workflow<never, infer O> ? O : never;

const head = { name: 'toy.shapes', version: '1.0.0', trigger: Trigger };
const define = (build: (w: Builder, t: Ref<Static<typeof Trigger>>) => unknown) =>
  defineWorkflow(head, (w, t) => build(w, t) as object);

const song = defineWorkflow(
  { name: 'toy.song', version: '2.1.0', trigger: Type.Object({ theme: Type.String() }) },
  (w, t) => {
    const { track, mood } = w.step('compose', compose, { theme: t.theme });
    return { track, mood };
  },
);

const all = defineWorkflow(head, (w, t) => {
  const base = w.step('base', compose, { theme: t.title });
  const built = w.map(
    'build',
    t.nested.names,
    { key: item => item.name, parallel: 7, failures: 'collect' },
    item => {
      const { track } = w.child('song', song, { theme: item.name });
      const { game } = w.step('game', bundle, { music: track, title: firstOf(base.mood, item.name) });
      return { name: item.name, game };
    },
  );
  const verdict = w.gate('approve', {
    show: { built: built.ok, title: t.title },
    role: 'approver',
    within: '3d',
    otherwise: 'reject',
  });
  const live = w.step('publish', compose, { theme: 'x' }, { when: verdict.approved });
  return { games: pluck(built.ok, 'game'), failed: built.failed, by: verdict.by, mood: live.mood };
});

describe('what the compiler makes of shapes', () => {
  test('results of maps, children and gates have their types', () => {
    const typed: Same<
      OutputOf<typeof all>,
      {
        games: FileRef<'bundle/game'>[];
        failed: { readonly key: string; readonly code: string; readonly message: string }[];
        by: string | undefined;
        mood: string | undefined;
      }
    > = true;
    const stops = defineWorkflow(head, (w, t) =>
      w.map('build', t.nested.names, { key: item => item.name }, item => {
        w.step('one', compose, { theme: item.name });
        return { name: item.name };
      }),
    );
    const listed: Same<OutputOf<typeof stops>, { name: string }[]> = true;
    expect([typed, listed]).toEqual([true, true]);
    expect(stops.graph.steps.map(({ kind }) => kind)).toEqual(['map']);
  });
});

/** Compiled, never called: each line has a mistake that the compiler must refuse, or this file does not build. */
function mistakes(): void {
  defineWorkflow(head, (w, t) => {
    const { names } = t.nested;
    // @ts-expect-error what is mapped over is a list
    w.map('a', t.title, { key: () => t.title }, () => ({}));
    // @ts-expect-error a key is a string
    w.map('b', names, { key: item => item }, () => ({}));
    // @ts-expect-error an item has no such field
    w.map('c', names, { key: item => item.nam }, () => ({}));
    const collected = w.map('d', names, { key: item => item.name, failures: 'collect' }, item => ({ item }));
    // @ts-expect-error what collects is no list, but ok and failed
    pluck(collected, 'item');
    const stopped = w.map('e', names, { key: item => item.name }, item => ({ name: item.name }));
    // @ts-expect-error no such field in what comes of an item
    pluck(stopped, 'nam');
    // @ts-expect-error a child wants its workflow's trigger
    w.child('f', song, { them: 'x' });
    // @ts-expect-error a number for a string in a child's trigger
    w.child('g', song, { theme: t.seconds });
    const { mood } = w.child('h', song, { theme: 'x' });
    // @ts-expect-error a child's optional output where a value is required
    w.step('i', compose, { theme: mood });
    const maybe = w.child('j', song, { theme: 'x' }, { when: t.nested.on });
    // @ts-expect-error a conditional child's file may be absent
    w.step('k', bundle, { music: maybe.track, title: 'x' });
    // @ts-expect-error a gate says what its deadline decides
    w.gate('l', { show: t, role: 'approver', within: '1d' });
    // @ts-expect-error approve or reject
    w.gate('m', { show: t, role: 'approver', within: '1d', otherwise: 'maybe' });
    const verdict: Ref<Verdict> = w.gate('n', { show: t, role: 'x', within: '1d', otherwise: 'reject' });
    // @ts-expect-error who approved may be absent
    w.step('o', compose, { theme: verdict.by });
    return {};
  });
}

test('mistakes do not compile', () => {
  expect(typeof mistakes).toBe('function');
});

describe('the graph', () => {
  const map = all.graph.steps.find((node): node is MapNode => node.kind === 'map')!;

  test('has each shape as a node', () => {
    expect(all.graph.steps.map(({ id, kind }) => [id, kind])).toEqual([
      ['base', 'step'],
      ['build', 'map'],
      ['approve', 'gate'],
      ['publish', 'step'],
    ]);
    expect(map).toMatchObject({ parallel: 7, failures: 'collect', key: { step: 'build[]', path: ['name'] } });
    expect(map.body.map(({ id, kind }) => [id, kind])).toEqual([
      ['song', 'child'],
      ['game', 'step'],
    ]);
    expect(map.body[0]).toMatchObject({ workflow: 'toy.song', workflowVersion: '2.1.0' });
    expect(all.graph.steps[2]).toMatchObject({
      role: 'approver',
      withinMs: 3 * 24 * 3_600_000,
      otherwise: 'reject',
    });
    expect(allNodes(all.graph).map(({ id }) => id)).toEqual([
      'base',
      'build',
      'song',
      'game',
      'approve',
      'publish',
    ]);
    expect(skillSteps(all.graph).map(({ skill }) => skill)).toEqual(['compose', 'bundle', 'compose']);
  });

  test('a map waits for its list and for what its items read outside, not for what is inside', () => {
    expect(dependencies(map)).toEqual(['base']);
    expect(map.body.map(dependencies)).toEqual([['build[]'], ['song', 'base', 'build[]']]);
  });

  test('the skills inside maps are among those of the workflow; those of children are not', () => {
    expect([...all.skills.keys()]).toEqual(['compose', 'bundle']);
  });
});

describe('refused at load, naming workflow and step', () => {
  const names = { key: (item: Ref<{ name: string }>) => item.name };
  const game = (w: Builder, id: string) => w.step(id, compose, { theme: 'x' });
  const gate = { show: {}, role: 'approver', within: '1d', otherwise: 'reject' } as const;
  const cases: [string, (w: Builder, t: Ref<Static<typeof Trigger>>) => unknown, string][] = [
    [
      'a step of a map read outside it',
      (w, t) => {
        let inside!: Ref<string | undefined>;
        w.map('build', t.nested.names, names, () => ({ mood: (inside = game(w, 'game').mood) }));
        return w.step('after', compose, { theme: inside as Ref<string> });
      },
      'toy.shapes, step "after" refers to "game", which is inside a map: what a map gives is its result',
    ],
    [
      'an item read outside its map',
      (w, t) => {
        let item!: Ref<{ name: string }>;
        w.map('build', t.nested.names, names, each => ((item = each), game(w, 'game')));
        return { name: item.name };
      },
      'toy.shapes, output refers to "build[]", which is inside a map: what a map gives is its result',
    ],
    [
      'one name inside and outside',
      (w, t) => (game(w, 'game'), w.map('build', t.nested.names, names, () => game(w, 'game'))),
      'toy.shapes, step "game" is defined twice',
    ],
    [
      'a map in a map',
      (w, t) =>
        w.map('outer', t.nested.names, names, () => w.map('inner', t.nested.names, names, item => item)),
      'toy.shapes, step "inner": a map has no place inside the map outer; a child may map in its turn',
    ],
    [
      'a gate in a map',
      (w, t) => w.map('outer', t.nested.names, names, () => w.gate('ask', gate)),
      'toy.shapes, step "ask": a gate has no place inside the map outer',
    ],
    [
      'a map that does nothing',
      (w, t) => w.map('build', t.nested.names, names, item => item),
      'toy.shapes, step "build": nothing is done for an item',
    ],
    ...[0, 201, 1.5].map(
      (parallel): [string, (w: Builder, t: Ref<Static<typeof Trigger>>) => unknown, string] => [
        `${parallel} items at once`,
        (w, t) => w.map('build', t.nested.names, { ...names, parallel }, () => game(w, 'game')),
        `toy.shapes, step "build": parallel is 1 to 200, not ${parallel}`,
      ],
    ),
    [
      'an item used as a value',
      (w, t) =>
        w.map('build', t.nested.names, { key: item => `${String(item.name)}` as never }, () =>
          game(w, 'game'),
        ),
      'toy.shapes, step "build": build[].name has no value yet',
    ],
    [
      'a role of another form',
      w => w.gate('ask', { ...gate, role: 'The Boss' }),
      'toy.shapes, step "ask": role is like approver, not "The Boss"',
    ],
    [
      'a wait of no length',
      w => w.gate('ask', { ...gate, within: '500ms' }),
      'toy.shapes, step "ask": within is 1s to 366d, not 500ms',
    ],
    [
      'a wait of more than a year',
      w => w.gate('ask', { ...gate, within: '367d' }),
      'toy.shapes, step "ask": within is 1s to 366d, not 367d',
    ],
    [
      'a literal that JSON cannot carry in a trigger of a child',
      w => w.child('sing', song, { theme: new Date(0) as never }),
      'toy.shapes, step "sing": Date is neither a literal nor a reference',
    ],
  ];
  test.each(cases)('%s', (_what, build, message) => {
    expect(() => define(build)).toThrow(message);
  });

  test("a workflow that is called like the engine's own", () => {
    expect(() => defineWorkflow({ ...head, name: 'cairn.map' }, () => ({}))).toThrow(
      "cairn.map: names that begin with cairn. are the engine's own",
    );
  });
});
