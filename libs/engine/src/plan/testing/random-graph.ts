import { defineWorkflow, eq, firstOf, unkeyed, type Builder, type Ref } from '@cairn/pipeline';
import { Type, type FileRef } from '@cairn/skill-kit';
import type { Random } from '../../keys/testing/random.js';
import { blendSkill, LETTERS, passSkill, speakSkill } from './toy-skills.js';

const Letter = Type.String({ pattern: '^[uvw]$' });
const Trigger = Type.Object({ p: Letter, q: Letter, r: Letter });
export type ToyTrigger = Record<'p' | 'q' | 'r', string>;

const CACHES = ['global', 'global', 'global', 'global', 'global', 'global', 'run_only', 'never'] as const;
const SKILLS = [passSkill, passSkill, blendSkill, speakSkill] as const;

/** A workflow of three to eight toys, each of which reads letters of the trigger and of toys before it. */
export function randomGraph(random: Random, name: string) {
  return defineWorkflow({ name, version: '1.0.0', trigger: Trigger }, (w, t) => {
    const letters: Ref<string>[] = [t.p, t.q, t.r];
    const files: Ref<FileRef | undefined>[] = [];
    const conditions: Ref<boolean>[] = [];
    const steps: Ref<unknown>[] = [];
    const chance = (percent: number) => random.below(100) < percent;
    const letter = () =>
      chance(15) ? random.of(LETTERS)! : random.of(letters.slice(-random.below(letters.length + 1)))!;
    const total = 3 + random.below(6);
    for (let at = 0; at < total; at += 1) {
      const skill = random.of(SKILLS)!;
      const of = chance(60) ? random.of(files) : undefined;
      const when = chance(20)
        ? (random.of(conditions) ?? eq(random.of(letters)!, random.of(LETTERS)!))
        : undefined;
      const options = {
        cache: random.of(CACHES)!,
        ...(when && { when }),
        ...(chance(10) && steps.length > 0 && { after: [random.of(steps)!] }),
      };
      const input = {
        a: letter(),
        ...(chance(70) && { b: letter() }),
        ...(of && { of }),
        ...(chance(10) && { at: unkeyed(chance(50) ? w.run.created_at : random.of(letters)!) }),
      };
      const given = add(w, `s${at}`, skill, input, options);
      steps.push(given.step);
      letters.push(firstOf(given.text, LETTERS[0]));
      if (given.doc) letters.push(firstOf(given.doc, LETTERS[1]));
      if (given.said) files.push(given.said);
      if (given.long) conditions.push(given.long);
    }
    return { last: letters.at(-1)! };
  });
}

interface Given {
  readonly step: Ref<unknown>;
  readonly text: Ref<string>;
  readonly doc?: Ref<string>;
  readonly said?: Ref<FileRef | undefined>;
  readonly long?: Ref<boolean>;
}

/** The builder's types say of each call what it may be given; here any toy is given anything. */
function add(w: Builder, id: string, skill: (typeof SKILLS)[number], input: object, options: object): Given {
  const call = w.step.bind(w) as unknown as (
    id: string,
    skill: unknown,
    input: unknown,
    options: unknown,
  ) => Ref<{ text: string; long: boolean; said: FileRef; doc: { letter: string } }>;
  const step = call(id, skill, input, options);
  return {
    step,
    text: step.text,
    ...(skill === passSkill && { long: step.long }),
    ...(skill === blendSkill && { doc: step.doc.letter }),
    ...(skill === speakSkill && { said: step.said }),
  };
}

export function randomTrigger(random: Random): ToyTrigger {
  return { p: random.of(LETTERS)!, q: random.of(LETTERS)!, r: random.of(LETTERS)! };
}
