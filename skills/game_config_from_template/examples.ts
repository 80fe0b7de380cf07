import type { Input } from './fill.js';

/** A trigger's part with everything left to template and theme. */
export const least: Input = {
  template_id: 'spin_wheel_v1',
  theme: 'neon_arcade',
  locale: 'en-US',
  colors: {},
  copy: {},
  difficulty: {},
  duration_sec: 30,
  mechanics: {},
  audio: { enabled: true, volume: 0.6 },
  button: {},
};

export interface Example {
  readonly title: string;
  readonly input: Input;
  /** Fields of the config that the example is about. */
  readonly makes: {
    readonly title: string;
    readonly primary: string;
    readonly win_probability: number;
    readonly button_label: string;
  };
}

export const examples: readonly Example[] = [
  {
    title: 'Everything from template and theme',
    input: least,
    makes: { title: 'Spin to win', primary: '#ff2bd6', win_probability: 0.35, button_label: 'Play now' },
  },
  {
    title: 'In another language, with own colours and odds',
    input: {
      ...least,
      theme: 'paper_carnival',
      locale: 'de-AT',
      colors: { primary: 'rebeccapurple' },
      difficulty: { level: 'hard' },
      button: { label: 'Los geht’s' },
    },
    makes: {
      title: 'Drehen und gewinnen',
      primary: '#663399',
      win_probability: 0.15,
      button_label: 'Los geht’s',
    },
  },
  {
    title: 'What a person typed wins over the model',
    input: {
      ...least,
      brief: 'Title: From the brief',
      copy: { title: 'Typed' },
      difficulty: { level: 'easy', win_probability: 1 },
    },
    makes: { title: 'Typed', primary: '#ff2bd6', win_probability: 1, button_label: 'Play now' },
  },
];
