/** The page of questions: what readers of the paper ask, each with its answer, its figure and the table behind it, as Markdown. */
import { markdown as markup } from '../markup/markdown.js';
import { unanswered, type AnsweredQuestion } from '../review.js';
import { renderMarkdown } from './markdown.js';
import { fillTemplate } from './templates.js';

export function renderQuestions(title: string, questions: readonly AnsweredQuestion[]): string {
  const { text } = markup;
  return fillTemplate('questions.md', {
    title: text(title),
    questions: questions.map(({ title: heading, question, asked, answer, remarks, figure, model }) => ({
      heading: text(heading),
      question: text(question),
      asked: text(asked),
      answer: text(answer ?? unanswered),
      remarks: remarks.map(text),
      figure: figure?.svg
        ? { file: `${model.id}.svg`, title: text(figure.title), caption: text(figure.caption) }
        : null,
      table: renderMarkdown(model).trim(),
    })),
  });
}
