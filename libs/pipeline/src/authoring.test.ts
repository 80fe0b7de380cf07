import { describe, expect, test } from '@jest/globals';
import type { FileRef, Static } from '@cairn/skill-kit';
import { defineWorkflow, type Workflow } from './define-workflow.js';
import { eq, firstOf, merge, pick, pluck, present, text, unkeyed } from './operators.js';
import type { Ref } from './reference.js';
import { bundle, compose, configure, Trigger } from './testing/skills.js';

/** Exactly the same type, in both directions. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type OutputOf<W> = W extends Workflow<never, infer O> ? O : never;

const head = { name: 'toy', version: '1.0.0', trigger: Trigger };

describe('what the compiler accepts', () => {
  test('a whole trigger where a part is wanted, structures of references and literals, operators', () => {
    const toy = defineWorkflow(head, (w, t) => {
      const { config } = w.step('configure', configure, t);
      const music = w.step('music', compose, { theme: config.look.theme, effects: ['spin', t.title] });
      const maybe = w.step('maybe', compose, { theme: 'x' }, { when: present(t.brief) });
      const { game } = w.step('game', bundle, {
        music: firstOf(maybe.track, music.track),
        title: text`${t.title} (${t.seconds} s)`,
        at: unkeyed(w.run.created_at),
      });
      const both = merge(pick(config, 'title'), { seconds: t.seconds });
      const sum: Ref<{ title: string; seconds: number }> = both;
      void sum;
      return { game, pitches: pluck(music.notes, 'pitch'), same: eq(t.title, 'x') };
    });
    const typed: Same<
      OutputOf<typeof toy>,
      {
        game: FileRef<'bundle/game'>;
        pitches: number[];
        same: boolean;
      }
    > = true;
    expect(typed).toBe(true);
    expect(toy.graph.steps.map(({ id }) => id)).toEqual(['configure', 'music', 'maybe', 'game']);
  });
});

/**
 * Compiled, never called: each line has a mistake that the compiler must refuse, or this file does not build. At
 * load some of them would be refused too; references.test.ts has those.
 */
function mistakes(t: Ref<Static<typeof Trigger>>): void {
  defineWorkflow(head, w => {
    const { config } = w.step('configure', configure, t);
    const music = w.step('music', compose, { theme: config.look.theme });
    const { game } = w.step('game', bundle, { music: music.track, title: 'x' });
    // @ts-expect-error a game is not music
    w.step('a', bundle, { music: game, title: 'x' });
    // @ts-expect-error no such field upstream
    void config.look.colours;
    // @ts-expect-error a number for a string
    w.step('b', compose, { theme: config.seconds });
    // @ts-expect-error a literal number for a string
    w.step('c', compose, { theme: 7 });
    // @ts-expect-error a misspelt input
    w.step('d', compose, { theme: 'x', efects: [] });
    // @ts-expect-error a required input is missing
    w.step('e', compose, {});
    // @ts-expect-error an optional trigger field where a value is required
    w.step('f', compose, { theme: t.brief });
    // @ts-expect-error an optional output where a value is required
    w.step('g', compose, { theme: music.mood });
    const maybe = w.step('maybe', compose, { theme: 'x' }, { when: t.nested.on });
    // @ts-expect-error a conditional step's file may be absent
    w.step('h', bundle, { music: maybe.track, title: 'x' });
    // @ts-expect-error a condition is a boolean
    w.step('i', compose, { theme: 'x' }, { when: t.title });
    // @ts-expect-error comparing a reference with a value
    if (t.title === 'x') void 0;
    // @ts-expect-error pick of a field that is not there
    pick(config, 'titel');
    // @ts-expect-error pluck of a field that is not there
    pluck(music.notes, 'pitsch');
    // @ts-expect-error eq of a string and a number
    eq(t.title, 7);
    // @ts-expect-error a file is never a literal
    w.step('j', bundle, { music: { type: 'audio/bgm', digest: 'sha256:', size: 1 }, title: 'x' });
    return {};
  });
  // @ts-expect-error one reference's type is not another's
  const wrong: Ref<number> = t.title;
  void wrong;
}

test('mistakes do not compile', () => {
  expect(typeof mistakes).toBe('function');
});
