/** The summary, the claims and where the numbers come from, as Markdown. */
import { ambiguities, choicesOf } from '../../../experiments/warpnet/questions.js';
import type { ClaimVerdict } from '../claims/claims.js';
import { markdown as markup } from '../markup/markdown.js';
import { outcomes } from '../evaluate/names.js';
import type { Provenance } from '../provenance/provenance.js';
import type { Summary } from '../summary.js';
import { fillTemplate } from './templates.js';

export function renderSummary(
  title: string,
  summary: Summary,
  claims: readonly ClaimVerdict[],
  provenance: Provenance,
): string {
  const { text } = markup;
  return fillTemplate('summary.md', {
    title: text(title),
    profile: provenance.profile,
    command: text(provenance.command.join(' ')),
    finishedAt: provenance.finishedAt,
    sentences: summary.sentences.map(text),
    outcomes,
    metrics: summary.metrics.map(({ title: name, printed, counts }) => ({
      name,
      printed,
      counts: outcomes.map((outcome) => counts[outcome]),
    })),
    missing: summary.missing.map((reason) => ({
      text: text(reason.text),
      count: reason.count,
      tables: reason.tables.join(', '),
    })),
    claims: claims.map(({ statement, verdict, test }) => ({
      statement: text(statement),
      outcome: verdict.outcome,
      reason: text(verdict.reason),
      test: text(test),
    })),
    ambiguities: ambiguities.map((ambiguity) => ({
      id: ambiguity.id,
      question: text(ambiguity.question),
      choice: text([ambiguity.choice, ...choicesOf(ambiguity, provenance.protocols)].join(' ')),
    })),
    environments: provenance.environments.map(({ cells, environment: own }) => ({
      cells,
      text: text(
        `${own.cpu}, ${own.cores} ${own.cores === 1 ? 'core' : 'cores'}${own.gpus.length > 0 ? `, ${own.gpus.join(', ')}, driver ${own.driver ?? 'unknown'}` : ''}; ${own.os}; TensorFlow ${own.tensorflow}; Node ${own.node}; code ${own.gitCommit ?? 'unknown'}${own.gitDirty ? ' with local changes' : ''}`,
      ),
    })),
    shrunk: provenance.shrunk.map(text),
  });
}
