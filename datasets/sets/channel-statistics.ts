/** Mean and standard deviation per channel of pixels scaled to 0 … 1, summed in integers: exact, and equal on every machine. */
import { sideOf, storedSize, type StoredShape } from './stored.js';

export interface ChannelStatistics {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

export interface ChannelSums {
  /** Adds whole images, [n, ...shape]. */
  add(pixels: Uint8Array): void;
  result(): ChannelStatistics;
}

/** Sums over images stored as `shape`; the border of grey images counts as the zeros it is padded with. */
export function channelSums(shape: StoredShape): ChannelSums {
  const size = storedSize(shape);
  const shown = sideOf(shape) ** 2;
  const planes = shape.length === 2 ? 1 : 3;
  const plane = size / planes;
  const histograms = Array.from({ length: planes }, () => new Float64Array(256));
  let images = 0;
  return {
    add(pixels) {
      images += pixels.length / size;
      for (let start = 0, which = 0; start < pixels.length; start += plane, which = (which + 1) % planes) {
        const histogram = histograms[which] as Float64Array;
        for (let i = start, end = start + plane; i < end; i++) {
          const value = pixels[i] as number;
          histogram[value] = (histogram[value] as number) + 1;
        }
      }
    },
    result() {
      const mean: number[] = [];
      const deviation: number[] = [];
      for (const histogram of histograms) {
        let sum = 0;
        let squares = 0;
        for (let value = 0; value < 256; value++) {
          sum += value * (histogram[value] as number);
          squares += value * value * (histogram[value] as number);
        }
        const total = images * shown;
        const average = sum / total;
        mean.push(average / 255);
        deviation.push(Math.sqrt(Math.max(0, squares / total - average * average)) / 255);
      }
      const three = (values: number[]): [number, number, number] => {
        const [first = 0, second = first, third = first] = values;
        return [first, second, third];
      };
      return { mean: three(mean), deviation: three(deviation) };
    },
  };
}
