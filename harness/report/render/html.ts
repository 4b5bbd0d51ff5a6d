/** The HTML report: one file that needs no network, with a section a profile. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import handlebars from 'handlebars';
import type { ClaimVerdict } from '../claims/claims.js';
import type { Explanation, Validation } from '../explanations.js';
import type { Figure } from '../../core/drawing/svg.js';
import { html as markup } from '../markup/html.js';
import type { TableModel } from '../model.js';
import { inProject } from '../../core/project.js';
import type { Provenance } from '../provenance/provenance.js';
import { choicesOf, type Question } from '../questions.js';
import { unanswered, type AnsweredQuestion } from '../review.js';
import type { Detail, Summary } from '../summary.js';
import { verdictRules } from '../verdict/rules.js';
import type { VerdictRules } from '../verdict/thresholds.js';
import {
  outcomes,
  outcomeSentences,
  reasonCodes,
  reasonSentences,
  reasonTitle,
  verdictTitle,
  type Counts,
} from '../verdict/vocabulary.js';
import { protocolSlug, switchedProtocols, tableView, verdictClass, verdictSigns } from './html-table.js';
import { fillTemplate } from './templates.js';

export interface ReportView {
  readonly models: readonly TableModel[];
  /** Ours against what is printed: shown with the summary. */
  readonly answer: Figure | null;
  readonly figures: readonly Figure[];
  readonly claims: readonly ClaimVerdict[];
  readonly summary: Summary;
  readonly provenance: Provenance;
  readonly rules: VerdictRules;
  readonly questions: readonly Question[];
  readonly review: readonly AnsweredQuestion[];
  readonly explanation: Explanation | null;
  readonly validation: Validation | null;
}

const countViews = (counts: Counts): object[] =>
  outcomes.map((outcome) => ({
    outcome,
    count: counts[outcome],
    sign: verdictSigns[outcome],
    kind: verdictClass(outcome),
  }));

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(0)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Facts as pairs, for a definition list. */
function factsOf(provenance: Provenance): { name: string; value: string }[] {
  const { command, gitCommit, gitDirty, energyJoules, jobs } = provenance;
  const code = gitCommit === null ? 'unknown' : `${gitCommit}${gitDirty ? ' with local changes' : ''}`;
  const facts: [string, string][] = [
    ['Command', command.join(' ')],
    ['Profile', provenance.profile],
    ['Started', provenance.startedAt],
    ['Finished', provenance.finishedAt],
    ['Code', code],
    ['Numerics version', String(provenance.numericsVersion ?? 'nothing has run')],
    ['Cells', `${jobs.finished} of ${jobs.planned} finished, ${jobs.failed} failed`],
    ['Wall time of all cells', duration(provenance.wallSeconds)],
    [
      'Energy',
      energyJoules === null
        ? 'not measured (no GPU told its power)'
        : `${(energyJoules / 3.6e6).toFixed(3)} kWh, GPUs only`,
    ],
    ['Seeds', provenance.seeds.join(', ') || 'none'],
    ['Shrunk', provenance.shrunk.join('; ') || 'nothing'],
    ...Object.entries(provenance.machine).map(([name, value]) => machineFact(name, value)),
  ];
  return facts.map(([name, value]) => ({ name, value }));
}

const machineNames: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  cores: 'Cores',
  memoryBytes: 'Memory',
  gpus: 'GPUs',
  driver: 'Driver',
  devices: 'Devices',
};

function machineFact(name: string, value: string | number | null): [name: string, value: string] {
  const text = name === 'memoryBytes' && typeof value === 'number' ? gibibytes(value) : String(value ?? 'none');
  return [machineNames[name] ?? name, text];
}

const coresOf = (count: number): string => `${count} ${count === 1 ? 'core' : 'cores'}`;

const codeOf = ({ gitCommit, gitDirty, gitTrouble }: Provenance['environments'][number]['environment']): string =>
  gitCommit === null
    ? `unknown${gitTrouble === undefined ? '' : `: ${gitTrouble}`}`
    : `${gitCommit}${gitDirty ? ' with local changes' : ''}`;

const environmentViews = ({ environments }: Provenance): object[] =>
  environments.map(({ jobs, environment: own }) => ({
    jobs,
    facts: [
      ['OS', own.os],
      ['CPU', `${own.cpu}, ${coresOf(own.cores)}, ${gibibytes(own.memoryBytes)}`],
      ['GPU', own.gpus.join(', ') || 'none'],
      ['Driver', own.driver ?? 'none'],
      ['TensorFlow', own.tensorflow],
      ['Node', own.node],
      [
        'Engine',
        `${own.engine} on ${own.devices}${own.deterministic ? ', deterministic' : ''}${own.tf32 ? ', TF32' : ''}`,
      ],
      ['Code', codeOf(own)],
      ['Host', own.host],
    ].map(([name, value]) => ({ name, value })),
  }));

function protocolTable({ protocols }: Provenance): object {
  const [first] = protocols;
  const keys = first ? Object.keys(first).filter((key) => key !== 'name') : [];
  return {
    names: protocols.map(({ name }) => name),
    rows: keys.map((key) => ({
      key,
      values: protocols.map((protocol) => String(protocol[key])),
      differs: new Set(protocols.map((protocol) => protocol[key])).size > 1,
    })),
  };
}

/** Of a list of reasons: the others are in the tables. */
const mostDetails = 12;

const detailView = ({ text, count, tables }: Detail): object => ({ text, count, tables: tables.join(', ') });

/** `cifar10 0.3, cifar100 0.8`. */
const limits = (byDataset: Readonly<Record<string, number>>): string =>
  Object.entries(byDataset)
    .map(([where, value]) => `${where} ${value}`)
    .join(', ');

const figureView = ({ id, title, caption, svg }: Figure, prefix: string): object => ({
  id: `${prefix}-figure-${id}`,
  title,
  caption,
  // Figures escape their own text; names inside them are each profile's own.
  svg: svg === null ? '' : new handlebars.SafeString(svg.replaceAll('answer-frame', `${prefix}-answer-frame`)),
});

/** One profile's section, as HTML. */
export function renderSection(view: ReportView): string {
  const { answer, models, figures, claims, summary, provenance, rules, questions, review, explanation, validation } =
    view;
  const protocols = switchedProtocols(models);
  const prefix = provenance.profile;
  return fillTemplate('section.html', {
    prefix,
    profile: provenance.profile,
    finishedAt: provenance.finishedAt.slice(0, 16).replace('T', ' '),
    commit: provenance.gitCommit?.slice(0, 10) ?? 'unknown',
    hardware:
      [...new Set(provenance.environments.map(({ environment }) => environment.gpus[0] ?? environment.cpu))].join(
        ', ',
      ) || 'nothing has run',
    sentences: summary.sentences,
    outcomes: countViews(summary.claims),
    metrics: summary.metrics.map(({ metric, counts, printed }) => ({
      title: metric.plural,
      printed,
      counts: countViews(counts),
    })),
    claimCounts: countViews(summary.claims),
    notJudged: summary.notJudged.map(({ tables, details, ...reason }) => ({
      ...reason,
      tables: tables.join(', '),
      details: details.slice(0, mostDetails).map(detailView),
    })),
    reduced: summary.reduced.slice(0, mostDetails).map(detailView),
    command: provenance.command.join(' '),
    tables: models.map((model) => tableView(model, protocols, prefix)),
    answer: answer && figureView(answer, prefix),
    figures: figures.map((figure) => figureView(figure, prefix)),
    claims: claims.map(({ id, section, statement, test, verdict, findings }) => ({
      id: id.replace('claim.', ''),
      section,
      statement,
      test,
      outcome: verdictTitle(verdict),
      sign: verdictSigns[verdict.outcome],
      kind: verdictClass(verdict.outcome),
      reason: verdict.reason,
      findings: findings.map((finding) => ({ ...finding, outcome: verdictTitle(finding) })),
    })),
    vocabulary: outcomes.map((outcome) => ({
      outcome,
      kind: verdictClass(outcome),
      sentence: outcomeSentences[outcome],
    })),
    reasons: reasonCodes.map((code) => ({ title: reasonTitle(code), sentence: reasonSentences[code] })),
    rules: verdictRules.map(({ id, outcome, applies }) => ({ id, outcome, applies, kind: verdictClass(outcome) })),
    tolerances: Object.entries(rules.metrics).map(([name, { tolerance, widest, fixed, why }]) => ({
      name,
      tolerance: typeof tolerance === 'string' ? tolerance : limits(tolerance),
      widest: limits(widest),
      fixed,
      why,
    })),
    rulesVersion: rules.version,
    explanation,
    review: review.map(({ title, question, asked, answer, remarks, figure, model }) => ({
      title,
      question,
      asked,
      answer: answer ?? unanswered,
      remarks,
      table: { id: `${prefix}-${model.id}`, name: model.name },
      figure: figure?.svg ? { ...figure, svg: new handlebars.SafeString(figure.svg) } : null,
    })),
    validation: validation && { ...validation, mean: validation.meanDifference.toFixed(1) },
    facts: factsOf(provenance),
    options: Object.entries(provenance.options).map(([name, value]) => ({ name, value: String(value ?? 'not given') })),
    environments: environmentViews(provenance),
    data: provenance.data.map(({ dataset, checksum, trainImages }) => ({
      dataset,
      checksum,
      images: trainImages === null ? 'all' : String(trainImages),
    })),
    training: provenance.training.map(({ settings, jobs }) => ({
      settings,
      jobs: `${jobs} ${jobs === 1 ? 'training' : 'trainings'}`,
    })),
    protocolTable: protocolTable(provenance),
    questions: questions.map((question) => ({
      id: question.id,
      question: question.question,
      choice: question.choice,
      options: choicesOf(question, provenance.protocols),
    })),
  });
}

export interface Section {
  readonly profile: string;
  readonly html: string;
}

/** The whole page; `sections` are already rendered, the first is shown. */
export function renderPage(sections: readonly Section[], title: string, protocols: readonly string[]): string {
  const css = readFileSync(inProject('templates', 'report.css'), 'utf8');
  const script = readFileSync(inProject('templates', 'report.js'), 'utf8');
  return fillTemplate('report.html', {
    title: new handlebars.SafeString(markup.text(title)),
    css: new handlebars.SafeString(css),
    script: new handlebars.SafeString(script),
    // Only this script may run, whatever a log or a label smuggles in.
    scriptHash: createHash('sha256').update(script).digest('base64'),
    protocols: protocols.map((name) => ({ name, slug: protocolSlug(name) })),
    profiles: sections.map(({ profile }, index) => ({ profile, first: index === 0 })),
    sections: sections.map(({ profile, html }, index) => ({
      profile,
      html: new handlebars.SafeString(html),
      first: index === 0,
    })),
  });
}
