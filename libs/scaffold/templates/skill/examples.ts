/** Inputs that show what the skill is for, and what must come out: the test runs them. */
export const examples = [
  {
    title: 'Two words',
    input: { text: 'hello  there' },
    facts: { words: 2 },
    page: 'HELLO THERE\n',
  },
] as const;
