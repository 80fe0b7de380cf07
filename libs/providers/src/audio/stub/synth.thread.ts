import type { AudioMetadata, GeneratedAudio, ThreadTools } from '@cairn/skill-kit';
import { RATE } from '../dsp/arithmetic.js';
import { scale } from '../dsp/master.js';
import { stereo, type Stereo } from '../dsp/stereo.js';
import { renderEffect } from '../effects/render-effect.js';
import type { SoundStyle } from '../effects/sound-style.schema.js';
import { mp3 } from '../files/mp3.js';
import { wav } from '../files/wav.js';
import type { MusicStyle } from '../music/music-style.schema.js';
import { renderMusic } from '../music/render-music.js';

interface Common {
  readonly format: 'wav' | 'mp3';
  /** 0..1, a factor of the amplitude. */
  readonly volume: number;
  readonly seed: number;
}
/** What the thread is asked for; styles are checked before they come here. */
export type SynthJob =
  | (Common & {
      readonly kind: 'music';
      readonly style: MusicStyle;
      readonly frames: number;
      readonly loop: boolean;
    })
  | (Common & { readonly kind: 'effect'; readonly style: SoundStyle; readonly name: string });

function sound(job: SynthJob, progress: (fraction: number) => void): Stereo {
  if (job.kind === 'effect') return renderEffect(job.style, job.name, job.seed);
  // Silence needs no composer.
  return job.volume === 0 ? stereo(job.frames) : renderMusic(job.style, job, progress);
}

/** Makes a piece of music or an effect and encodes it. */
export default async function synth(job: SynthJob, tools: ThreadTools): Promise<GeneratedAudio> {
  const made = sound(job, fraction => tools.progress(fraction * 0.8, 'Playing'));
  scale(made, job.volume);
  tools.progress(0.8, 'Encoding');
  const data = job.format === 'wav' ? wav(made) : await mp3(made);
  const metadata: AudioMetadata = {
    providerId: 'stub',
    durationSec: made.left.length / RATE,
    format: job.format,
    sampleRate: RATE,
    channels: 2,
  };
  return { data, metadata };
}
