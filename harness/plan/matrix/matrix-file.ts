/** `experiments/*.yaml`: which rows a table has. See `experiments/README.md` for the notation. */
import { z } from 'zod';
import { datasetNames } from '../cell.js';
import { conditionShape, networkNames, warpFactor, warpLayers, widening } from '../condition.js';
import { changesSchema } from '../profile/protocol-file.js';
import { trainingFields } from '../profile/profile-file.js';

const text = z.string().min(1).max(2000);
const identifier = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/, 'small letters, digits and -, beginning with a letter');
const axis = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(200).optional();

const rowFields = {
  name: z.string().min(1).max(120).optional().describe('To refer to this row; the published id does as well'),
  published: z.string().min(1).max(120).optional().describe('Id of the printed row in published/'),
  label: z.string().min(1).max(120).optional().describe('As the table shows it, where that is not WarpNet1-73-4'),
  dataset: z.enum(datasetNames).optional(),
  network: z.enum(networkNames).optional(),
  K: warpFactor.optional().describe('Residual units a warp layer'),
  Nwarp: warpLayers.optional().describe('Warp layers a stage; a WRN has K times Nwarp units'),
  kw: widening.optional().describe('Widening factor'),
  layout: z.string().min(1).max(500).optional().describe("One bracket a device: [F1] [F2, F2'x1]"),
  group: z.string().min(1).max(60).optional().describe('Rows of one group are timed together; the baseline is in each'),
  cited: text.optional().describe('A number that the paper quotes: nothing is run, and this says why'),
};

const namedProtocol = z.strictObject({
  name: z.string().min(1).max(60),
  like: z.string().min(1),
  set: changesSchema,
});

export const matrixSchema = z.strictObject({
  id: identifier.describe('Name of the table and of its files'),
  title: text.describe('Caption, in our words'),
  notes: z.array(text).optional().describe('Remarks shown under the table'),
  measure: z.array(z.enum(['error', 'speed-up'])).min(1),
  axes: z
    .strictObject({
      dataset: axis(z.enum(datasetNames)),
      network: axis(z.enum(networkNames)),
      K: axis(warpFactor),
      Nwarp: axis(warpLayers),
      kw: axis(widening),
    })
    .optional()
    .describe('Every combination is a row; the first axis varies slowest'),
  rows: z.array(z.strictObject(rowFields)).optional().describe('Rows written out'),
  defaults: z.strictObject(rowFields).optional().describe('What rows and axes leave out'),
  published: z
    .string()
    .optional()
    .describe('Which printed row a combination of the axes is: t2.{dataset}.nwarp{Nwarp}.{network}.kw{kw}'),
  layouts: z
    .array(z.strictObject({ ...conditionShape, layout: rowFields.layout.unwrap() }))
    .optional()
    .describe('Which device computes which term; the first that fits'),
  exclude: z
    .array(
      z.strictObject({
        ...conditionShape,
        row: z.string().optional().describe('Name or published id of one row'),
        what: z.enum(['error', 'speed-up']).optional().describe('Only this; both when left out'),
        reason: text.describe('Printed in place of the number'),
      }),
    )
    .optional(),
  speedUp: z
    .strictObject({
      baseline: z
        .string()
        .describe('same-size: the WRN with the same depth and width; or the name of the row that every RS refers to'),
    })
    .optional(),
  protocols: z
    .array(z.union([z.string(), namedProtocol]))
    .min(1)
    .optional()
    .describe('In place of those of the profile'),
  profile: z.string().optional().describe('Always run as this profile says'),
  asWritten: z.boolean().optional().describe('Train the networks as they stand here, whatever the profile shrinks'),
  seeds: z.array(z.int().min(0)).min(1).max(1000).optional(),
  training: z.strictObject(trainingFields).partial().optional().describe('In place of those of the profile'),
  also: z
    .array(z.strictObject({ table: z.string(), row: z.string() }))
    .optional()
    .describe('Rows of other tables, shown below this one'),
});
export type MatrixFile = z.infer<typeof matrixSchema>;
export type RowFile = NonNullable<MatrixFile['rows']>[number];
export type ExclusionFile = NonNullable<MatrixFile['exclude']>[number];
