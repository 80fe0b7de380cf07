/** Inputs that the README shows and the test runs. */
export const examples = [
  {
    title: 'Half a minute that loops, as MP3',
    input: {
      theme: 'neon_arcade',
      settings: { duration_sec: 30, format: 'mp3' },
      bgm: { enabled: true, volume: 0.6, loop: true },
    },
    filename: 'bgm.mp3',
  },
  {
    title: 'Eight seconds with an ending, as WAV',
    input: {
      theme: 'paper_carnival',
      settings: { duration_sec: 8, format: 'wav' },
      bgm: { enabled: true, volume: 1, loop: false },
    },
    filename: 'bgm.wav',
  },
  {
    title: 'No music: a second of silence',
    input: {
      theme: 'neon_arcade',
      settings: { duration_sec: 30, format: 'mp3' },
      bgm: { enabled: false, volume: 0.6, loop: true },
    },
    filename: 'bgm.mp3',
  },
] as const;
