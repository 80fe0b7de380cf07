import { Type, defineSkill, file, resource } from '@cairn/skill-kit';

/** What all toys are given: short texts of a small alphabet, so that different steps come to the same by chance. */
const Input = Type.Object({
  a: Type.String(),
  b: Type.String({ default: '' }),
  of: Type.Optional(file('text/toy')),
  at: Type.Optional(Type.String()),
});

/** Passes `a` on, and of `b` only whether it is long: what follows often does not see that an input changed. */
export const passSkill = defineSkill({
  id: 'pass',
  version: '1.0.0',
  title: 'Pass',
  input: Input,
  output: Type.Object({ text: Type.String(), long: Type.Boolean() }),
});

/** Gives of all that it is given one letter. */
export const blendSkill = defineSkill({
  id: 'blend',
  version: '1.0.0',
  title: 'Blend',
  input: Input,
  output: Type.Object({ text: Type.String(), doc: Type.Object({ letter: Type.String() }) }),
  resources: { tone: resource.json('tones/{a}.json', Type.Object({ shift: Type.Integer() })) },
});

/** Writes what it is given into a file. */
export const speakSkill = defineSkill({
  id: 'speak',
  version: '1.0.0',
  title: 'Speak',
  input: Input,
  output: Type.Object({ text: Type.String(), said: file('text/toy') }),
});

/** What is in `a` and `b`: also the names of the resources. */
export const LETTERS = ['u', 'v', 'w'] as const;
