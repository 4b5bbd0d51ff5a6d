/** The fit as the project keeps it, `fitted.json`: what reports judge printed speed-ups by. Written by `fit --store`. It loads nothing that builds networks. */
import { z } from 'zod';

export const storedFitFile = 'experiments/warpnet/fitted.json';
export const storedFigureFile = 'experiments/warpnet/fitted.svg';

const prediction = z.strictObject({
  /** RS, percent; `low` and `high`: over all parameters that Table 2 allows, 95 %. */
  value: z.number(),
  low: z.number(),
  high: z.number(),
  /** Whether the parameters were fitted to this number. */
  fitted: z.boolean(),
});

const reading = z.strictObject({
  derivative: z.string(),
  batchNorm: z.string(),
  name: z.string(),
  /** GB/s, microseconds, milliseconds a step, share of the FLOP/s that convolutions reach. */
  parameters: z.strictObject({
    bandwidth: z.number(),
    latency: z.number(),
    fixed: z.number(),
    convolution: z.number(),
  }),
  /** Root mean square differences, points: where it was fitted, and where it predicts. */
  fitRmsPct: z.number(),
  predictedRmsPct: z.number(),
  /** By the id of the printed row. */
  predictions: z.record(z.string(), prediction),
});
export type StoredReading = z.infer<typeof reading>;

const storedFitSchema = z.strictObject({
  schemaVersion: z.literal(1),
  fittedOn: z.iso.date(),
  command: z.string(),
  card: z.string(),
  links: z.string(),
  fittedCells: z.number(),
  /** Points by which a printed value is taken to scatter. */
  scatterPct: z.number(),
  best: z.strictObject({ name: z.string(), predictedRmsPct: z.number() }),
  readings: z.array(reading),
  account: z.array(
    z.strictObject({
      title: z.string(),
      essential: z.boolean(),
      blocks: z.array(
        z.union([
          z.strictObject({ text: z.string() }),
          z.strictObject({ list: z.array(z.string()) }),
          z.strictObject({ header: z.array(z.string()), rows: z.array(z.array(z.string())) }),
        ]),
      ),
    }),
  ),
});
export type StoredFit = z.infer<typeof storedFitSchema>;

export const parseStoredFit = (text: string): StoredFit => storedFitSchema.parse(JSON.parse(text));
