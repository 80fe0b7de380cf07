import type { Static, TSchema } from 'typebox';

/** What an audio provider says of a sound it made; the shape of AudioGenerationResult.metadata. */
export interface AudioMetadata {
  readonly providerId: string;
  readonly model?: string;
  readonly durationSec: number;
  readonly format: 'wav' | 'mp3';
  readonly sampleRate: 44100;
  readonly channels: 2;
}
export interface GeneratedAudio {
  readonly data: Uint8Array;
  readonly metadata: AudioMetadata;
}

/** Makes music and effects. */
export interface AudioPort {
  /** `style` is the theme's `music.json`; `volume` is 0..1; `loop` asks for an end that joins the start. */
  music(query: {
    style: unknown;
    durationSec: number;
    format: 'wav' | 'mp3';
    volume: number;
    loop: boolean;
    seed: number;
  }): Promise<GeneratedAudio>;
  /** `name` is one of the sounds that `style`, the theme's `sounds.json`, describes. */
  effect(query: {
    style: unknown;
    name: string;
    format: 'wav' | 'mp3';
    volume: number;
    seed: number;
  }): Promise<GeneratedAudio>;
}

/** Asks a language model for a JSON document. */
export interface LanguagePort {
  /** @returns a value that the schema accepts, after at most `repairs` further tries. */
  object<S extends TSchema>(query: {
    schema: S;
    system: string;
    prompt: string;
    repairs?: number;
  }): Promise<Static<S>>;
}

/** What a skill may ask for; each adapter's fingerprint is part of the cache key of the steps that use it. */
export interface Ports {
  readonly language: LanguagePort;
  readonly audio: AudioPort;
}
export type PortName = keyof Ports;

/** What an adapter gets of the step that it serves. */
export interface AdapterHost {
  readonly signal: AbortSignal;
  /** Runs CPU work off the main thread; see {@link SkillTools.thread}. */
  thread<R>(module: URL, data: unknown): Promise<R>;
}

/** One way to serve a port. `module` is its own URL: the fingerprint is taken from there. */
export interface Adapter<P extends PortName = PortName> {
  readonly port: P;
  /** e.g. `stub`; the providerId of what it makes. */
  readonly id: string;
  readonly model?: string;
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  readonly module: string;
  create(host: AdapterHost): Ports[P];
}
