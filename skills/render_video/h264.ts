import { createRequire } from 'node:module';

/** Compresses pictures to H.264; the one place that knows which encoder does it. */
export interface H264Encoder {
  /** Adds a picture of width × height × 3 / 2 bytes, I420. */
  add(picture: Uint8Array): void;
  /** Ends the film. @returns an MP4 file with the one track, its time stamps not yet cleaned */
  finish(): Uint8Array;
}

interface MinimalEncoder {
  width: number;
  height: number;
  frameRate: number;
  quantizationParameter: number;
  speed: number;
  groupOfPictures: number;
  outputFilename: string;
  initialize(): void;
  addFrameYuv(buffer: Uint8Array): void;
  finalize(): void;
  delete(): void;
  FS: { readFile(path: string): Uint8Array; unlink(path: string): void };
}

/**
 * An encoder of minih264 compiled to WebAssembly. It installs handlers for uncaught exceptions in the whole process,
 * therefore: only in a thread of its own.
 *
 * @param frame width and height even, in pixels
 */
export async function createH264Encoder(frame: {
  width: number;
  height: number;
  fps: number;
}): Promise<H264Encoder> {
  const library = createRequire(import.meta.url)('h264-mp4-encoder') as {
    createH264MP4Encoder(): Promise<MinimalEncoder>;
  };
  const encoder = await library.createH264MP4Encoder();
  encoder.width = frame.width;
  encoder.height = frame.height;
  encoder.frameRate = frame.fps;
  // 10 (best) to 51. At 26 flat areas and light lines show no blocks; a 720p film of four seconds is 1 to 3 MB.
  encoder.quantizationParameter = 26;
  // 0 (slow) to 10: the slower ones save a tenth of the bytes for up to three times the work.
  encoder.speed = 10;
  // A key picture each second: a player can seek to any second at once.
  encoder.groupOfPictures = frame.fps;
  encoder.initialize();
  return {
    add: picture => encoder.addFrameYuv(picture),
    finish() {
      encoder.finalize();
      const bytes = encoder.FS.readFile(encoder.outputFilename);
      encoder.FS.unlink(encoder.outputFilename);
      encoder.delete();
      return bytes;
    },
  };
}
