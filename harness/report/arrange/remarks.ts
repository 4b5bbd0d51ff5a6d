/** Sentences above and under a table: stand-ins, units, intervals, n, hardware. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { HardwareModel } from '../hardware-model/hardware-model.js';
import { range } from '../words.js';
import { datasetTitle } from './heads.js';

/** `Errors in the CIFAR-10 rows are on Fashion-MNIST, which stands in for it.` */
export function standInSentences(places: readonly EvaluatedEntry[]): string[] {
  const sentences = places.flatMap(({ entry: { error, dataset } }) =>
    error.skipped || error.standIn === null
      ? []
      : [`Errors in the ${datasetTitle(dataset)} rows are on ${datasetTitle(error.dataset)}, which stands in for it.`],
  );
  return [...new Set(sentences)];
}

export const boldRemark =
  'Bold: the lowest error of a column in its block; for ours only where its interval meets no other’s.';

function errorRemark(places: readonly EvaluatedEntry[]): string[] {
  const measured = places.filter((place) => place.quantity('error').value !== null);
  if (measured.length === 0) return [];
  const seeds = measured.map((place) => place.quantity('error').n ?? 0);
  const images = [...new Set(measured.flatMap(({ runs }) => runs.map((run) => run.validationImages)))];
  const over = new Set(measured.map((place) => place.quantity('error').intervalOver));
  const how = [
    ...(over.has('seeds') ? ['over seeds (Student’s t)'] : []),
    ...(over.has('validation images')
      ? ['over the images that were validated (Wilson) where there is one seed, or several differ by less than that']
      : []),
  ];
  return [
    `Errors: percent of ${images.map((count) => count.toLocaleString('en-US')).join(' or ')} validation images after the last step; n = ${range(seeds)} ${Math.max(...seeds) === 1 ? 'seed' : 'seeds'}; ± is the longer arm of the 95 % interval ${how.join(' or ')}.`,
  ];
}

function speedRemark(places: readonly EvaluatedEntry[]): string[] {
  const timed = places
    .map((place) => place.quantity('rs'))
    .filter(({ provenance, byDefinition, value }) => provenance === 'measured' && value !== null && !byDefinition);
  if (timed.length === 0) return [];
  const hardware = [...new Set(timed.flatMap((rs) => (rs.hardware ? [rs.hardware.model] : [])))];
  return [
    `RS: percent of the baseline’s step time saved, from the fastest of n = ${range(timed.map(({ n }) => n ?? 0))} timed steps of each, in turns, on ${hardware.join(' and ')}; ± is the longer arm of the 95 % interval, which the median step of either against the fastest of the other gives.`,
  ];
}

function successRemark(places: readonly EvaluatedEntry[]): string[] {
  const tried = places.map((place) => place.quantity('success')).filter(({ value }) => value !== null);
  if (tried.length === 0) return [];
  return [
    `Success: percent of n = ${range(tried.map(({ n }) => n ?? 0))} trials; ± is the longer arm of the 95 % interval over trials (Wilson).`,
  ];
}

function modelRemark(places: readonly EvaluatedEntry[], model: HardwareModel | null): string[] {
  if (model === null || !places.some(({ modelled }) => modelled(model.metric) !== null)) return [];
  return [
    `‡ and italics: modelled for the paper’s hardware, not measured: ${model.provenance}. ± is the longer arm of what the fitted numbers leave open (95 %); what was assumed of the machine is not in it.`,
  ];
}

/** n, units, intervals and hardware of what stands above. */
export const commonRemarks = (places: readonly EvaluatedEntry[], model: HardwareModel | null): string[] => [
  ...errorRemark(places),
  ...speedRemark(places),
  ...successRemark(places),
  ...(places.some((place) => place.quantity('rs').provenance === 'projected')
    ? ['† and italics: projected, not measured; see the footnote.']
    : []),
  ...modelRemark(places, model),
];
