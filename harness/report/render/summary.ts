/** The summary, the claims and where the numbers come from, as Markdown. */
import type { ClaimVerdict } from '../claims/claims.js';
import { markdown as markup } from '../markup/markdown.js';
import type { Provenance } from '../provenance/provenance.js';
import { choicesOf, type Question } from '../questions.js';
import { unanswered, type AnsweredQuestion } from '../review.js';
import type { Detail, Summary } from '../summary.js';
import { outcomes, verdictTitle } from '../verdict/vocabulary.js';
import { fillTemplate } from './templates.js';

const detailView = ({ text, count, tables }: Detail): object => ({
  text: markup.text(text),
  count,
  tables: tables.join(', '),
});

export function renderSummary(
  title: string,
  summary: Summary,
  claims: readonly ClaimVerdict[],
  { questions, review }: { readonly questions: readonly Question[]; readonly review: readonly AnsweredQuestion[] },
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
    metrics: summary.metrics.map(({ metric, printed, counts }) => ({
      name: metric.plural,
      printed,
      counts: outcomes.map((outcome) => counts[outcome]),
    })),
    notJudged: summary.notJudged.map(({ title: code, sentence, count, tables, details }) => ({
      title: code,
      sentence: text(sentence),
      count,
      tables: tables.join(', '),
      details: details.map(detailView),
    })),
    reduced: summary.reduced.map(detailView),
    claims: claims.map(({ statement, verdict, test }) => ({
      statement: text(statement),
      outcome: verdictTitle(verdict),
      reason: text(verdict.reason),
      test: text(test),
    })),
    review: review.map(({ question, answer }) => ({ question: text(question), answer: text(answer ?? unanswered) })),
    questions: questions.map((question) => ({
      id: question.id,
      question: text(question.question),
      choice: text([question.choice, ...choicesOf(question, provenance.protocols)].join(' ')),
    })),
    environments: provenance.environments.map(({ jobs, environment: own }) => ({
      jobs: `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`,
      text: text(
        `${own.cpu}, ${own.cores} ${own.cores === 1 ? 'core' : 'cores'}${own.gpus.length > 0 ? `, ${own.gpus.join(', ')}, driver ${own.driver ?? 'unknown'}` : ''}; ${own.os}; TensorFlow ${own.tensorflow}; Node ${own.node}; code ${own.gitCommit ?? 'unknown'}${own.gitDirty ? ' with local changes' : ''}`,
      ),
    })),
    shrunk: provenance.shrunk.map(text),
  });
}
