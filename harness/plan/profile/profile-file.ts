/** A paper's `profiles/*.yaml`: how much of its work is done. */
import { z } from 'zod';
import { conditional } from '../condition.js';
import { datasetNames } from '../dataset-facts.js';
import type { Paper } from '../paper/paper.js';
import { distinct } from '../yaml/distinct.js';
import { profileNames } from './profile-name.js';
import { tableId } from '../matrix/table-id.js';
import { seedsSchema } from './seeds.js';

const positive = z.int().min(1);
const seconds = z.number().min(0);

const dropsSchema = z.union([
  z.strictObject({
    epochs: distinct(z.number().positive()).describe('Epochs after which the rate drops'),
    released: distinct(positive)
      .optional()
      .describe('The same in steps, for protocols with learningRateDrops: released'),
    factor: z.number().positive().max(1),
  }),
  z.strictObject({
    steps: distinct(positive).describe('Steps after which the rate drops, whatever the protocol says'),
    factor: z.number().positive().max(1),
  }),
]);

const cosineSchema = z.strictObject({
  final: z.number().min(0).describe('The rate at the end of each cycle'),
  restarts: z
    .union([
      z.strictObject({ epochs: distinct(z.number().positive()) }),
      z.strictObject({ shares: distinct(z.number().gt(0).lt(1)).describe('Of the whole training: 0.5 is half-way') }),
    ])
    .describe('After these the rate begins anew; a network that is grown grows at the first of them'),
});

/** How one training goes; the first rule that fits the printed row is taken. */
export const trainingFields = {
  trainImages: z.union([positive, z.literal('all')]).describe('The first so many training images; all: what there is'),
  steps: positive.optional(),
  epochs: z.number().positive().optional().describe('In place of steps'),
  batch: positive,
  learningRate: z.number().positive(),
  drops: dropsSchema.optional(),
  cosine: cosineSchema.optional().describe('In place of drops: the rate falls as half a cosine'),
  weightDecay: z.number().min(0),
  evaluateEvery: z
    .union([positive, z.literal('epoch')])
    .describe('Steps between evaluations of the whole validation set; the last step is always evaluated'),
  validationImages: positive
    .optional()
    .describe('The first so many validation images, where errors need no better interval; all of them without it'),
  diagnoseEvery: positive
    .optional()
    .describe('Steps between looks at what a network has for diagnosis; without it there are none'),
};
const trainingRule = (paper: Paper) =>
  conditional(paper, trainingFields)
    .refine(({ steps, epochs }) => (steps === undefined) !== (epochs === undefined), {
      message: 'Give either steps or epochs',
    })
    .refine(({ drops, cosine }) => (drops === undefined) !== (cosine === undefined), {
      message: 'Give either drops or cosine',
    });
export type TrainingRule = z.infer<ReturnType<typeof trainingRule>>;

const shrinkRule = (paper: Paper) =>
  conditional(paper, {
    becomes: positive.optional().describe('What is trained instead'),
    none: z.string().min(1).optional().describe('Not trained; the reason is printed'),
  }).refine(({ becomes, none }) => (becomes === undefined) !== (none === undefined), {
    message: 'Give either becomes or none',
  });

const timingSchema = (paper: Paper) =>
  z.strictObject({
    warmup: z.int().min(0).describe('Steps run and left out, for each network'),
    warmupSeconds: seconds.optional().describe('The warm-up of each network lasts at least so long'),
    rounds: positive.describe('Turns of every network that count, at most'),
    goal: z
      .number()
      .positive()
      .optional()
      .describe('Points: fewer rounds will do where the 95 % interval of every RS reaches no further to either side'),
    stepsPerRound: positive,
    turnSeconds: seconds
      .optional()
      .describe('A turn lasts at least so long, and its first step, which comes after another network’s, is left out'),
    inputPipeline: z.boolean().describe('Whether making the batch is inside the timed span (A10)'),
    batch: z
      .array(conditional(paper, { becomes: positive }))
      .describe('Images a step; the first rule that fits the printed row, and the published batch where none does'),
    projectAbove: positive.optional().describe('Steps of more images are projected, not timed'),
  });
export type TimingRule = z.infer<ReturnType<typeof timingSchema>>;

/** How patient a schedule is. */
export const policySchema = z.strictObject({
  attempts: positive.describe('Attempts a job gets in one call of the program'),
  backoffSeconds: seconds.describe('Wait before the second attempt; doubled for each further one'),
  timeoutSeconds: seconds.positive().describe('An attempt may take this long'),
  silenceSeconds: seconds.positive().describe('A worker that tells nothing for so long hangs'),
  graceSeconds: seconds.describe('From a request to stop until the worker is killed'),
});
export type Policy = z.infer<typeof policySchema>;

const protocolsSchema = z.strictObject({
  error: distinct(z.string()).min(1).describe('Protocols that networks are trained under'),
  speedUp: distinct(z.string()).min(1).describe('Protocols that steps are timed under'),
});

const trainedSchema = (paper: Paper) =>
  z
    .partialRecord(z.enum(Object.keys(paper.axes)), z.array(shrinkRule(paper)))
    .describe('What is trained in place of the printed network; a row that no rule fits is trained as printed');

const timingsSchema = (paper: Paper) => z.strictObject({ cpu: timingSchema(paper), gpu: timingSchema(paper) });

const profileFields = (paper: Paper) => ({
  name: z.enum(profileNames),
  title: z.string().min(1),
  protocols: protocolsSchema,
  seeds: seedsSchema.describe('One training each; their errors are averaged'),
  standIns: z
    .partialRecord(z.enum(datasetNames), z.enum(datasetNames))
    .describe('Data sets that take the place of one that is not there; named in the table'),
  trained: trainedSchema(paper),
  training: z.array(trainingRule(paper)).min(1),
  timing: timingsSchema(paper),
  timeAs: z
    .partialRecord(z.enum(datasetNames), z.enum(datasetNames))
    .describe('Rows of one data set that take the timing of another: only the classifier differs'),
  policy: policySchema.describe('Retries and time limits'),
  tables: z
    .record(tableId, z.strictObject(sectionsOfTables(paper)).partial())
    .optional()
    .describe('Sections that single tables have in place of those above, by the table’s id'),
});

/** What may be otherwise for a table. */
const sectionsOfTables = (paper: Paper) => ({
  protocols: protocolsSchema,
  seeds: seedsSchema,
  trained: trainedSchema(paper),
  training: z.array(trainingRule(paper)).min(1),
  timing: timingsSchema(paper),
});

export const fullProfileSchema = (paper: Paper) => z.strictObject(profileFields(paper));
export type Profile = z.infer<ReturnType<typeof fullProfileSchema>>;

/** A profile that differs from another in whole sections. */
export const derivedProfileSchema = (paper: Paper) => {
  const fields = profileFields(paper);
  return z.strictObject({
    ...z.object(fields).partial().shape,
    name: fields.name,
    title: fields.title,
    like: z.string().min(1).describe('The profile that gives the sections left out here'),
  });
};
