/** A plan as a bundle stores it, with its networks and layouts read again. */
import { z } from 'zod';
import { readJob } from '../../kinds/index.js';
import type { NotRun } from '../../plan/not-run.js';
import type { Layout } from '../../plan/paper/layout.js';
import { storedNetwork, type Paper } from '../../plan/paper/paper.js';
import type { Papers } from '../../plan/paper/papers.js';
import type { ErrorPlan, ExperimentPlan, PlannedEntry, ProjectionPlan, TimingPlan } from '../../plan/plan.js';
import { profileNames } from '../../plan/profile/profile-name.js';
import { protocolSchema } from '../../plan/profile/protocol.js';

const layoutText = z.string();
const specification = z.record(z.string(), z.union([z.string(), z.number()]));

/** Only as much of a plan as has to hold for networks to be read; the rest was written by this program. */
const skipped = z.looseObject({ skipped: z.literal(true) });
const errorPlan = z.looseObject({
  skipped: z.literal(false),
  network: specification,
  // Plans older than it have none.
  reference: z.array(z.string()).default([]),
});
const timingPlan = z.looseObject({ skipped: z.literal(false), network: specification, layout: layoutText });
const projectionPlan = timingPlan.extend({
  baseline: z.object({ network: specification, layout: layoutText }),
});
const trialsPlan = z.looseObject({ skipped: z.literal(false), jobs: z.array(z.string()) });
const entry = z.looseObject({
  problem: z.string().nullable(),
  trials: z.union([trialsPlan, skipped]),
  printed: specification.nullable(),
  layout: layoutText.nullable(),
  error: z.union([errorPlan, skipped]),
  analysis: z.union([errorPlan, skipped]),
  timing: z.union([timingPlan, skipped]),
  projection: z.union([projectionPlan, skipped]).nullable(),
});
const planSchema = z.looseObject({
  paper: z.string(),
  profile: z.enum(profileNames),
  tables: z.array(z.looseObject({ id: z.string(), entries: z.array(entry), alsoShown: z.array(entry) })),
  protocols: z.array(z.unknown()),
  jobs: z.array(z.unknown()),
});
type StoredEntry = z.infer<typeof entry>;

/** @throws ZodError, and Problem of a paper, network or layout that this version does not know */
export function readPlan<P extends Paper>(
  papers: Papers<P>,
  stored: unknown,
): { readonly paper: P; readonly plan: ExperimentPlan } {
  const plan = planSchema.parse(stored);
  const paper = papers.named(plan.paper);
  const tables = plan.tables.map((table) => ({
    ...table,
    entries: table.entries.map((own) => entryOf(paper, own)),
    alsoShown: table.alsoShown.map((own) => entryOf(paper, own)),
  }));
  const jobs = plan.jobs.map((job) => readJob(papers, job));
  const protocols = plan.protocols.map((protocol) => protocolSchema(paper).parse(protocol));
  return { paper, plan: { ...plan, tables, protocols, jobs, checks: [] } as unknown as ExperimentPlan };
}

/** A network and a layout of it; what a layout may hold was decided when it was planned. */
function placed(paper: Paper, { network, layout }: { readonly network: unknown; readonly layout: string }) {
  const read = storedNetwork(paper, network);
  return { network: read, layout: read.layout(layout, null) };
}

function entryOf(
  paper: Paper,
  { printed, layout, error, analysis, timing, projection, ...rest }: StoredEntry,
): PlannedEntry {
  const network = printed === null ? null : storedNetwork(paper, printed);
  const trained = (plan: StoredEntry['error']): ErrorPlan | NotRun =>
    (plan.skipped ? plan : { ...plan, network: storedNetwork(paper, plan.network) }) as unknown as ErrorPlan | NotRun;
  return {
    ...rest,
    printed: network,
    layout: network === null || layout === null ? null : (network.layout(layout, null) satisfies Layout),
    error: trained(error),
    analysis: trained(analysis),
    timing: timing.skipped ? timing : ({ ...timing, ...placed(paper, timing) } as unknown as TimingPlan),
    projection:
      projection === null || projection.skipped
        ? projection
        : ({
            ...projection,
            ...placed(paper, projection),
            baseline: placed(paper, projection.baseline),
          } as unknown as ProjectionPlan),
  } as unknown as PlannedEntry;
}
