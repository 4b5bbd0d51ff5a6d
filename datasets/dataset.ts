/** What a data set is to the rest: images as bytes, labels, and a checksum that goes into a job's id. */

export interface ImageSet {
  readonly count: number;
  /** Height and width of an image. */
  readonly side: number;
  /**
   * Copies the images at `indices` into `pixels` ([n, side, side, 3], uint8, channels last) and their classes into `labels`.
   * Synchronous for sets held in memory; sets streamed from disk read ahead and may return a promise.
   */
  read(indices: Int32Array, pixels: Uint8Array, labels: Int32Array): void | Promise<void>;
}

export interface Dataset {
  readonly name: string;
  readonly classes: number;
  readonly train: ImageSet;
  readonly validation: ImageSet;
  /** SHA-256 over names, shapes and bytes of everything used. */
  readonly checksum: string;
  /** Mean and standard deviation of the training images per channel, of pixels scaled to 0 … 1. */
  readonly channelMean: readonly [number, number, number];
  readonly channelDeviation: readonly [number, number, number];
  /** Of the training images, [side, side, 3], on that scale; only where it was asked for (`withMeanImage`). */
  readonly meanImage?: Float32Array | undefined;
  /** For a table's footnote: `Fashion-MNIST, first 10,000 training images, 28x28 grey padded to 32x32x3`. */
  readonly description: string;
  close(): Promise<void>;
}
