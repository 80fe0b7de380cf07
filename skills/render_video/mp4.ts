import { registerAacEncoder } from '@mediabunny/aac-encoder';
import {
  ALL_FORMATS,
  AudioSample,
  AudioSampleSource,
  BufferSource,
  BufferTarget,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { clearTimes } from './mp4-times.js';
import { sampleRate, type Soundtrack } from './soundtrack.js';

/** HDTV colours: primaries, transfer and matrix of BT.709, limited range. */
const colorSpace = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;

/** NAL unit type of a picture that needs no other (H.264, table 7-1). */
const idr = 5;

/** True when a sample (NAL units with four-byte lengths) holds an IDR picture. */
export function isKeyPicture(sample: Uint8Array): boolean {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength);
  for (let at = 0; at + 4 < sample.length; at += 4 + view.getUint32(at)) {
    if (((sample[at + 4] as number) & 0x1f) === idr) return true;
  }
  return false;
}

let aacReady = false;

/**
 * Puts pictures and sound into one MP4 that starts playing before it is loaded whole, can be sought (only IDR pictures
 * are marked as key pictures) and holds no date.
 *
 * @param film the encoder's MP4
 * @param fps pictures per second
 */
export async function muxMp4(film: Uint8Array, fps: number, sound: Soundtrack): Promise<Uint8Array> {
  if (!aacReady) registerAacEncoder();
  aacReady = true;
  const input = new Input({ source: new BufferSource(film), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('the encoder wrote no film');

  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const video = new EncodedVideoPacketSource('avc');
  const audio = new AudioSampleSource({ codec: 'aac', bitrate: 128_000 });
  output.addVideoTrack(video, { frameRate: fps });
  output.addAudioTrack(audio);
  await output.start();

  let index = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const type = isKeyPicture(packet.data) ? 'key' : 'delta';
    // Times are counted again, so that no rounding of the encoder's own file stays in them.
    await video.add(new EncodedPacket(packet.data, type, index / fps, 1 / fps), {
      decoderConfig: { ...config, colorSpace },
    });
    index++;
  }
  video.close();

  const block = 4096;
  for (let at = 0; at < sound.frames; at += block) {
    const count = Math.min(block, sound.frames - at);
    const data = new Float32Array(count * 2);
    sound.read(at, data);
    const sample = new AudioSample({
      data,
      format: 'f32',
      numberOfChannels: 2,
      sampleRate,
      timestamp: at / sampleRate,
    });
    await audio.add(sample);
    sample.close();
  }
  audio.close();
  await output.finalize();
  input.dispose();
  if (!target.buffer) throw new Error('the muxer wrote nothing');
  return clearTimes(new Uint8Array(target.buffer));
}
