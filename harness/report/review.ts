/** What readers of a paper ask and it does not answer: each question has a table, and an answer that its numbers decide. */
import type { Figure } from '../core/drawing/svg.js';
import type { EvaluatedEntry } from './evaluate/entries.js';
import type { Evidence } from './evaluate/evidence.js';
import type { TableModel } from './model.js';

export interface ReviewQuestion {
  /** The table that it is answered from, by its file in the paper's folder. */
  readonly table: string;
  /** A heading of a few words. */
  readonly title: string;
  readonly question: string;
  /** Who asks, and where the paper is silent. */
  readonly asked: string;
  /** One plain sentence that the numbers decide, with their intervals; null where they are not there. */
  readonly answer: (places: readonly EvaluatedEntry[], evidence: Evidence) => string | null;
  /** Further sentences: what limits the answer, and what a longer run would tell. */
  readonly remarks?: (places: readonly EvaluatedEntry[], evidence: Evidence) => readonly string[];
  /** The answer as a picture, where the figures that every table has do not show it; null where there is nothing to draw. */
  readonly figure?: (model: TableModel) => Figure | null;
}

export interface AnsweredQuestion extends Pick<ReviewQuestion, 'title' | 'question' | 'asked'> {
  readonly model: TableModel;
  readonly answer: string | null;
  readonly remarks: readonly string[];
  readonly figure: Figure | null;
}

/** The questions whose tables are in a report, in the paper's order. */
export const answered = (
  questions: readonly ReviewQuestion[],
  models: readonly TableModel[],
  evidence: Evidence,
): AnsweredQuestion[] =>
  questions.flatMap(({ table, title, question, asked, answer, remarks, figure }) => {
    const model = models.find(({ id }) => id === table);
    if (model === undefined) return [];
    const { places } = model;
    return [
      {
        title,
        question,
        asked,
        model,
        answer: answer(places, evidence),
        remarks: remarks?.(places, evidence) ?? [],
        figure: figure?.(model) ?? null,
      },
    ];
  });

/** In place of an answer. */
export const unanswered = 'Not answered yet: the numbers that decide it are not there.';
