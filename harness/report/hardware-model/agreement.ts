/** How many printed numbers a hardware model explains, for the headline of a report. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Evidence } from '../evaluate/evidence.js';
import { quantity, type MetricFacts } from '../evaluate/quantity.js';
import type { Metrics } from '../metrics/metric.js';
import { distance } from '../verdict/rules.js';
import { toleranceOf } from '../verdict/thresholds.js';
import type { Reading } from './hardware-model.js';

export interface ReadingAgreement {
  readonly reading: Reading;
  readonly agreeing: number;
  /** Of the printed numbers that the model was not fitted to. */
  readonly predicted: number;
  readonly agreeingPredicted: number;
}

export interface ModelAgreement {
  readonly metric: MetricFacts;
  readonly cards: string;
  /** Different printed numbers that stand in the report and that the model says something of. */
  readonly printed: number;
  /** The best reading of each side first: of the released code, of the text. */
  readonly readings: readonly ReadingAgreement[];
}

/** Null without a model, or where no printed number of its metric stands in the report. */
export function modelAgreement(
  places: readonly EvaluatedEntry[],
  { hardwareModel: model, printed, rules }: Pick<Evidence, 'hardwareModel' | 'printed' | 'rules'>,
  metrics: Metrics,
): ModelAgreement | null {
  if (model === null) return null;
  const metric = metrics.named(model.metric);
  const thresholds = rules.metrics[model.metric];
  const datasets = new Map(places.flatMap(({ entry }) => (entry.published ? [[entry.published, entry.dataset]] : [])));
  const rows = [...datasets].flatMap(([id, dataset]) => {
    const number = printed.rows.get(id)?.values[model.metric];
    return number === undefined || number.lowConfidence ? [] : [{ id, dataset, number }];
  });
  const agreementOf = (reading: Reading): ReadingAgreement & { readonly known: number } => {
    const known = rows.flatMap(({ id, dataset, number }) => {
      const prediction = model.predict(reading.id, id);
      if (prediction === null) return [];
      const tolerance = thresholds === undefined ? 0 : toleranceOf(thresholds, number, dataset);
      const modelled = quantity({ metric, provenance: 'modelled', ...prediction });
      return [{ fitted: prediction.fitted, agrees: distance(modelled, number.value) <= tolerance }];
    });
    const count = (holds: (row: { fitted: boolean; agrees: boolean }) => boolean): number => known.filter(holds).length;
    return {
      reading,
      known: known.length,
      agreeing: count(({ agrees }) => agrees),
      predicted: count(({ fitted }) => !fitted),
      agreeingPredicted: count(({ fitted, agrees }) => agrees && !fitted),
    };
  };
  const all = model.readings.map(agreementOf).sort((a, b) => b.agreeing - a.agreeing);
  const best = all.filter((one, index) => all.findIndex(({ reading }) => reading.of === one.reading.of) === index);
  const count = Math.max(0, ...all.map(({ known }) => known));
  return count === 0 ? null : { metric, cards: model.cards, printed: count, readings: best };
}

/** `Relative speed-ups: of 46 printed ones 44 agree with the released code on P100-like cards (…) and 12 with the text (…).` */
export function agreementSentence({ metric, cards, printed, readings }: ModelAgreement): string {
  const parts = readings.map(({ reading, agreeing, predicted, agreeingPredicted }, index) => {
    const verb = index === 0 ? ` agree with ${reading.of} on ${cards}` : ` with ${reading.of}`;
    const apart =
      predicted === 0
        ? 'the model was fitted to all of them'
        : `${agreeingPredicted} of the ${predicted} that the model was not fitted to`;
    return `${agreeing}${verb} (${reading.title}; ${apart})`;
  });
  return `${metric.plural}: of ${printed} printed ones ${parts.join(' and ')}.`;
}
