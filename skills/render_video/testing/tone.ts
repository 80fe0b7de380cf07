/** A WAV file: 441 Hz, stereo, 16 bits, 44,100 Hz, at half of the full level. */
export function toneWav(seconds: number): Uint8Array {
  const frames = Math.round(seconds * 44_100);
  const file = new Uint8Array(44 + frames * 4);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string) =>
    file.set(
      [...value].map(c => c.charCodeAt(0)),
      at,
    );
  text(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, 44_100, true);
  view.setUint32(28, 176_400, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, frames * 4, true);
  for (let i = 0; i < frames; i++) {
    // A triangle of a hundred samples: no function of it differs between machines.
    const at = i % 100;
    const level = (at < 50 ? at / 25 - 1 : 3 - at / 25) * 16_384;
    view.setInt16(44 + i * 4, level, true);
    view.setInt16(46 + i * 4, level, true);
  }
  return file;
}
