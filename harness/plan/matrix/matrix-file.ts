/** A table's YAML file: which rows it has. See `experiments/README.md` for the notation. */
import { z } from 'zod';
import { conditional, ofPaper } from '../condition.js';
import { datasetNames } from '../dataset-facts.js';
import { allAxes, type Paper } from '../paper/paper.js';
import { changesSchema } from '../profile/protocol-file.js';
import { trainingFields } from '../profile/profile-file.js';
import { seedsSchema } from '../profile/seeds.js';
import { distinct } from '../yaml/distinct.js';
import { tableId } from './table-id.js';

const text = z.string().min(1).max(2000);
const axis = (value: z.ZodType) => distinct(value).min(1).max(200).optional();

const rowFields = {
  name: z.string().min(1).max(120).optional().describe('To refer to this row; the published id does as well'),
  published: z.string().min(1).max(120).optional().describe('Id of the printed row'),
  label: z.string().min(1).max(120).optional().describe('As the table shows it, where that is not the network’s own'),
  dataset: z.enum(datasetNames).optional(),
  network: z.string().optional(),
  problem: z.string().optional().describe('A numerical problem of the paper, in place of a network and a data set'),
  layout: z.string().min(1).max(500).optional().describe('Which device computes what, in the paper’s notation'),
  batch: z.int().min(1).max(65_536).optional().describe('Images of a timed step, whatever the profile says'),
  group: z.string().min(1).max(60).optional().describe('Rows of one group are timed together; the baseline is in each'),
  cited: text.optional().describe('A number that the paper quotes: nothing is run, and this says why'),
  printedOnly: text.optional().describe('A number of the paper’s own that is shown and not run, and this says why'),
};

/** What a table may show of its rows: errors and speed-ups of networks, success rates of numerical problems, analyses of networks' weights. */
const measured = ['error', 'speed-up', 'success', 'analysis'] as const;
export type Measured = (typeof measured)[number];

/** The keys of a row, with the paper's systems and axes among them; the type names the fixed ones only. */
function rowSchema(paper: Paper) {
  const axes = Object.fromEntries(Object.entries(allAxes(paper)).map(([name, schema]) => [name, schema.optional()]));
  const network = z.enum(paper.systems.map(({ name }) => name)).optional();
  const problem = z
    .enum(paper.problems.map(({ name }) => name))
    .optional()
    .describe(rowFields.problem.description ?? '');
  const fields = ofPaper<z.ZodType>(paper, { ...rowFields, network, problem });
  return z.strictObject({ ...fields, ...axes }) as unknown as z.ZodObject<typeof rowFields>;
}

const analyseSchema = (paper: Paper) =>
  z.strictObject({
    measurements: distinct(z.enum(paper.analyses.map(({ name }) => name))).min(1),
    at: distinct(z.number().min(0).max(1))
      .min(1)
      .describe('Parts of the training after which the weights are measured: 0 before it, 1 after it'),
    batches: z.int().min(2).max(1000).describe('Batches measured on: intervals are over them'),
    batch: z.int().min(2).max(10_000).describe('Images of each: the first training images, as they are'),
  });

export const matrixSchema = (paper: Paper) => {
  const row = rowSchema(paper);
  const named = (names: readonly { readonly name: string }[]) => axis(z.enum(names.map(({ name }) => name)));
  const axes: Record<string, z.ZodType> = ofPaper(paper, {
    dataset: axis(z.enum(datasetNames)),
    network: named(paper.systems),
    problem: named(paper.problems),
    batch: axis(rowFields.batch.unwrap()),
  });
  for (const [name, schema] of Object.entries(allAxes(paper))) axes[name] = axis(schema);
  return z.strictObject({
    id: tableId.describe('Name of the table and of its files'),
    paper: z.string().optional().describe('Whose networks these are; that of the folder, or the first'),
    title: text.describe('Caption, in our words'),
    notes: z.array(text).optional().describe('Remarks shown under the table'),
    measure: distinct(z.enum(measured)).min(1),
    axes: z.strictObject(axes).optional().describe('Every combination is a row; the first axis varies slowest'),
    rows: z.array(row).optional().describe('Rows written out'),
    defaults: row.optional().describe('What rows and axes leave out'),
    published: z.string().optional().describe('Which printed row a combination of the axes is: t2.{dataset}.{network}'),
    layouts: z
      .array(conditional(paper, { layout: rowFields.layout.unwrap() }))
      .optional()
      .describe('Which device computes what; the first that fits'),
    exclude: z
      .array(
        conditional(paper, {
          row: z.string().optional().describe('Name or published id of one row'),
          what: z.enum(measured).optional().describe('Only this; everything when left out'),
          reason: text.describe('Printed in place of the number'),
        }),
      )
      .optional(),
    speedUp: z
      .strictObject({
        baseline: z
          .string()
          .describe('same-size: the baseline of the same size; or the name of the row that every RS refers to'),
      })
      .optional(),
    protocols: z
      .array(
        z.union([
          z.string(),
          z.strictObject({ name: z.string().min(1).max(60), like: z.string().min(1), set: changesSchema(paper) }),
        ]),
      )
      .min(1)
      .optional()
      .describe('In place of those of the profile'),
    profile: z.string().optional().describe('Always run as this profile says'),
    trials: z.int().min(1).max(1_000_000).optional().describe('Trials of a numerical problem with each seed'),
    analyse: (paper.analyses.length === 0 ? z.never() : analyseSchema(paper))
      .optional()
      .describe('What is measured of weights, and when: for measure: [analysis]'),
    asWritten: z.boolean().optional().describe('Train the networks as they stand here, whatever the profile shrinks'),
    seeds: seedsSchema.optional(),
    training: z.strictObject(trainingFields).partial().optional().describe('In place of those of the profile'),
    also: z
      .array(z.strictObject({ table: z.string(), row: z.string() }))
      .optional()
      .describe('Rows of other tables, shown below this one'),
  });
};
export type MatrixFile = z.infer<ReturnType<typeof matrixSchema>>;
export type RowFile = NonNullable<MatrixFile['rows']>[number];
export type ExclusionFile = NonNullable<MatrixFile['exclude']>[number];
