/** Heads of rows and blocks: the network as printed, and what is less than printed in ours. */
import { datasetFacts, type DatasetName } from '../../plan/dataset-facts.js';
import type { EvaluatedEntry } from '../evaluate/entries.js';
import { head, type HeadCell } from '../model.js';
import { reductionText } from '../words.js';
import { byAxes } from './axes.js';

/** Names the network that was trained where it is not the printed one, by the axis on which that differs. */
export function trainedAs(places: readonly EvaluatedEntry[]): string | null {
  const trained = places.filter(({ entry }) => !entry.error.skipped);
  const names = byAxes(trained, ({ entry }) => {
    const { error, printed } = entry;
    return error.skipped || printed === null || error.network.label === printed.label ? [] : [error.network.label];
  });
  if (names.length === 0) return null;
  if (names.length === 1) return `errors: ${names[0]?.text ?? ''}`;
  return `errors: ${names.map(({ text, where }) => (where === null ? text : `${text} (${where})`)).join(', ')}`;
}

/** What the profile made smaller in a row, as footnotes. */
export function reductionNotes(places: readonly EvaluatedEntry[]): string[] {
  const sentences = byAxes(places, ({ entry }) => [
    ...(!entry.error.skipped && entry.error.shrunk.length > 0
      ? [`Errors: ${entry.error.shrunk.map(reductionText).join('; ')}.`]
      : []),
    ...(!entry.timing.skipped && entry.timing.shrunk.length > 0
      ? [`Step times: ${entry.timing.shrunk.map(reductionText).join('; ')}.`]
      : []),
  ]);
  return sentences.map(({ text, where }) => (where === null ? text : `${where}: ${text}`));
}

export const networkHead = (label: string, places: readonly EvaluatedEntry[]): HeadCell =>
  head(label, 'network', { detail: trainedAs(places), notes: reductionNotes(places) });

export const layoutHead = (places: readonly EvaluatedEntry[]): HeadCell =>
  head(places[0]?.entry.layout?.text ?? '', 'layout');

/** ` (errors on Fashion-MNIST instead)`, or nothing. */
export function standInClause(places: readonly EvaluatedEntry[]): string {
  const standIn = places
    .map(({ entry }) => (entry.error.skipped || entry.error.standIn === null ? null : entry.error.dataset))
    .find((dataset) => dataset !== null);
  return standIn === undefined ? '' : ` (errors on ${datasetFacts[standIn].title} instead)`;
}

/** A title of a block where a legend says what stands in. */
export const withoutStandIn = (title: string): string => title.replace(/ \(errors on [^)]* instead\)/u, '');

/** Nothing for a row that has no data set. */
export const datasetTitle = (dataset: DatasetName | null): string =>
  dataset === null ? '' : datasetFacts[dataset].title;

/** Of the printed rows: `CIFAR-10 (errors on Fashion-MNIST instead)`. */
export const datasetHead = (places: readonly EvaluatedEntry[]): string => {
  const first = places[0]?.entry;
  return first === undefined ? '' : `${datasetTitle(first.dataset)}${standInClause(places)}`;
};
