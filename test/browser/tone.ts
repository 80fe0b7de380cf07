const RATE = 44_100;

/** A stereo WAV of one falling tone: a sound that a browser can decode. */
export function tone(hertz: number, seconds: number): Uint8Array {
  const frames = Math.round(seconds * RATE);
  const wav = Buffer.alloc(44 + frames * 4);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + frames * 4, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 4, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(frames * 4, 40);
  for (let i = 0; i < frames; i++) {
    const value = Math.round(6000 * (1 - i / frames) * Math.sin((2 * Math.PI * hertz * i) / RATE));
    wav.writeInt16LE(value, 44 + i * 4);
    wav.writeInt16LE(value, 46 + i * 4);
  }
  return wav;
}
