/** Inputs that the README shows and the test runs. */
export const examples = [
  {
    title: 'The five sounds of a spin wheel',
    input: {
      theme: 'neon_arcade',
      effects: {
        spin: { volume: 0.7 },
        tick: { volume: 0.5 },
        win: { volume: 0.9 },
        lose: { volume: 0.8 },
        click: { volume: 0.6 },
      },
      format: 'mp3',
    },
  },
  {
    title: 'One sound, as WAV',
    input: { theme: 'paper_carnival', effects: { win: { volume: 1 } }, format: 'wav' },
  },
  { title: 'A game without sounds', input: { theme: 'paper_carnival', effects: {}, format: 'mp3' } },
] as const;
