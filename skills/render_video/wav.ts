/**
 * Reads an uncompressed WAV file (RIFF; 16-bit integers or 32-bit floats, one or two channels).
 *
 * @throws Error when it is of another form or sample rate
 */
export function readWav(file: Uint8Array, rate: number): { left: Float32Array; right: Float32Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let format: { code: number; channels: number; rate: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= file.length;) {
    const id = String.fromCharCode(...file.subarray(at, at + 4));
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (id === 'fmt ') {
      const code = view.getUint16(start, true);
      format = {
        // An extensible header names the real code in the first two bytes of its sub-format.
        code: code === 0xfffe && size >= 26 ? view.getUint16(start + 24, true) : code,
        channels: view.getUint16(start + 2, true),
        rate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true),
      };
    }
    if (id === 'data') {
      if (!format) throw new Error('the WAV file has data before its format');
      const { code, channels, bits } = format;
      const float = code === 3 && bits === 32;
      if (!float && !(code === 1 && bits === 16))
        throw new Error(`a WAV file of format ${code} with ${bits} bits cannot be read`);
      if (channels < 1 || channels > 2) throw new Error(`a WAV file of ${channels} channels cannot be read`);
      if (format.rate !== rate) throw new Error(`the music has ${format.rate} Hz, not ${rate}`);
      const width = bits / 8;
      const frames = Math.floor(Math.min(size, file.length - start) / (width * channels));
      const read = (channel: number) => {
        const samples = new Float32Array(frames);
        for (let i = 0; i < frames; i++) {
          const from = start + (i * channels + channel) * width;
          samples[i] = float ? view.getFloat32(from, true) : view.getInt16(from, true) / 32_768;
        }
        return samples;
      };
      const left = read(0);
      return { left, right: channels === 2 ? read(1) : left };
    }
    at = start + size + (size % 2);
  }
  throw new Error('the WAV file has no data');
}
