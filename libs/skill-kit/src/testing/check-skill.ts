import type { Skill } from '../define-skill.js';
import type { SkillImplementation } from '../implement-skill.js';
import { runSkill, runSkillTwice, type SkillRun } from './run-skill.js';
import { createTestSkillContext, type TestSettings } from './test-context.js';

/** An example, and how strict to be. */
export interface CheckSettings extends TestSettings {
  /** How long the skill may go on after its signal was aborted. Milliseconds. Default a second. */
  readonly stopsWithinMs?: number;
}

/**
 * Runs a skill with one of its documented examples and checks what the engine counts on:
 * - the input fits the skill's schema, and what it gives does;
 * - a second run gives the same bytes, if it claims to: with the cache policy `global`, which is the default, a result
 *   stands for every later one. A policy of another scope, or with a ttl, claims nothing;
 * - it ends within a second when its signal is aborted, before it begins or half-way.
 *
 * @returns the first run, for what the test wants to know besides.
 * @throws as `runSkill` and `runSkillTwice` do; Error when it goes on though it was told to stop.
 */
export async function checkSkill<O>(
  implementation: SkillImplementation<O>,
  settings: CheckSettings,
): Promise<SkillRun<O>> {
  const { cache = 'global' } = implementation.skill.spec;
  const begun = performance.now();
  const first = await (cache === 'global' ? runSkillTwice : runSkill)(implementation, settings);
  const tookMs = (performance.now() - begun) / (cache === 'global' ? 2 : 1);
  await checkItStops(implementation, settings, 0);
  await checkItStops(implementation, settings, tookMs / 2);
  return first;
}

/** @throws Error when the skill is still at work too long after it was told to stop, `afterMs` from its start. */
async function checkItStops(
  { skill, run }: SkillImplementation,
  settings: CheckSettings,
  afterMs: number,
): Promise<void> {
  const { stopsWithinMs = 1_000 } = settings;
  const stop = new AbortController();
  const tell = () => stop.abort(new Error(`${skill.id} is told to stop`));
  const signal = AbortSignal.any([stop.signal, ...(settings.signal ? [settings.signal] : [])]);
  const { context, dispose } = await createTestSkillContext(skill as unknown as Skill, {
    ...settings,
    signal,
  });
  if (afterMs === 0) tell();
  // From when it should have been told: one that keeps the thread to itself is told too late, by its own doing.
  const toldAt = performance.now() + afterMs;
  // What it gives or throws then is its own affair; only that it ends is asked.
  const ended = Promise.resolve()
    .then(() => run(context as never))
    .then(
      () => performance.now(),
      () => performance.now(),
    );
  const timers = [
    setTimeout(tell, afterMs),
    // Later than the bound, which is judged by the clock: timers may be early or late.
    setTimeout(() => giveUp(Infinity), afterMs + 2 * stopsWithinMs),
  ];
  let giveUp: (endedAt: number) => void = () => undefined;
  const endedAt = await Promise.race([ended, new Promise<number>(resolve => (giveUp = resolve))]);
  timers.forEach(clearTimeout);
  // One that does not end keeps its folder.
  const disposing = ended.then(dispose);
  if (endedAt - toldAt <= stopsWithinMs) return disposing;
  const when = afterMs === 0 ? 'before it began' : 'half-way';
  throw new Error(
    `${skill.id} was told to stop ${when} and went on for more than ${stopsWithinMs} ms: it must look at its signal`,
  );
}
