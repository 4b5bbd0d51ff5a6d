/** Printed numbers against a hardware model, made up here: what is predicted, what was fitted, what differs. */
import { describe, expect, it } from 'vitest';
import { agreementSentence, modelAgreement } from '../../../harness/report/hardware-model/agreement.js';
import type { HardwareModel, Prediction } from '../../../harness/report/hardware-model/hardware-model.js';
import { metricsOf, reportingOf } from '../../../harness/report/paper.js';
import { standardsOf, tablesFrom } from '../../../harness/report/render-report.js';
import { measurementsOf } from '../../../harness/report/measured/measurements.js';
import { summarise } from '../../../harness/report/summary.js';
import { leadingQuantity } from '../../../harness/report/verdict/leading.js';
import { fixture, type Fixture } from './fixtures.js';

const about = (value: number, fitted = false): Prediction => ({
  value,
  interval: { low: value - 0.5, high: value + 0.5 },
  fitted,
});

/** Of Table 5: 23 %, 44.1 % and 44.6 % are printed for its networks, 29.6 % and 32.4 % for data parallelism. */
const predictions: Readonly<Record<string, Prediction>> = {
  't5.warpnet1-73-4.k2.g2': about(21.5),
  't5.warpnet1-73-4.k3.g3': about(44, true),
  't5.warpnet1-73-4.k3.g4': about(52, true),
  't5.wrn-73-4.g2': about(47),
};

const hardwareModel: HardwareModel = {
  metric: 'rs',
  hardware: { kind: 'gpu', model: 'Some card (simulated)' },
  cards: 'cards like it',
  provenance: 'made up',
  command: 'npm run reproduce -- fit',
  readings: [
    { id: 'code', title: 'the code', of: 'the released code' },
    { id: 'other code', title: 'other code', of: 'the released code' },
    { id: 'text', title: 'R1', of: 'the text' },
  ],
  readingOf: ({ derivative }) => (derivative === 'released' ? 'code' : null),
  predict: (reading, row) => {
    const found = predictions[row];
    if (found === undefined) return null;
    return reading === 'code' ? found : { ...about(found.value - 20), fitted: found.fitted };
  },
};

function judged(made: Fixture) {
  const { rules } = standardsOf(made.paper);
  return tablesFrom({ ...made, measurements: measurementsOf(made.outcomes) }, { rules, hardwareModel });
}

const made = fixture({ tables: ['table5'] });
const { models, evidence } = judged(made);
const places = models.flatMap((model) => model.places);
const verdictAt = (row: string, protocol = 'released-code') =>
  places.find(({ entry }) => entry.published === row && entry.protocol === protocol)?.modelled('rs')?.verdict;

describe('a printed number against a model of the paper’s hardware', () => {
  it('is reproduced on modelled hardware where it lies within the tolerance, and says of what', () => {
    expect(verdictAt('t5.warpnet1-73-4.k2.g2')).toMatchObject({ outcome: 'reproduced on modelled hardware' });
    expect(verdictAt('t5.warpnet1-73-4.k2.g2')?.reason).toContain('modelled for Some card (simulated)');
  });

  it('that the model was fitted to is set apart, unless even so it differs', () => {
    expect(verdictAt('t5.warpnet1-73-4.k3.g3')).toMatchObject({ outcome: 'not judged', code: 'fitted-to-it' });
    expect(verdictAt('t5.warpnet1-73-4.k3.g4')).toMatchObject({ outcome: 'not reproduced' });
  });

  it('differs where the model is far off', () => {
    expect(verdictAt('t5.wrn-73-4.g2')).toMatchObject({ outcome: 'not reproduced' });
  });

  it('is left alone under a reading or a row that the model does not have', () => {
    expect(verdictAt('t5.warpnet1-73-4.k2.g2', 'paper')).toBeUndefined();
    expect(verdictAt('t5.wrn-73-4.g1')).toBeUndefined();
  });

  it('has a column of its own beside what this machine measured, which stays other hardware', () => {
    expect(models[0]?.columns.map(({ label }) => label)).toContain('modelled (released-code)');
    const place = places.find(
      ({ entry }) => entry.published === 't5.warpnet1-73-4.k2.g2' && entry.protocol === 'released-code',
    );
    expect(place?.quantity('rs').verdict).toMatchObject({ outcome: 'not judged', code: 'other-hardware' });
    expect(place && leadingQuantity(place, 'rs').provenance).toBe('modelled');
  });

  it('gives way to a measurement on the paper’s kind of hardware', () => {
    const cards = judged(fixture({ profile: 'paper', tables: ['table5'] }));
    const place = cards.models[0]?.places.find(
      ({ entry }) => entry.published === 't5.warpnet1-73-4.k2.g2' && entry.protocol === 'released-code',
    );
    expect(place && leadingQuantity(place, 'rs').provenance).toBe('measured');
  });
});

describe('the headline', () => {
  const agreement = modelAgreement(places, evidence, metricsOf(reportingOf(made.paper)));

  it('counts printed numbers once, by the best reading of code and of text, fitted ones apart', () => {
    expect(agreement).toMatchObject({ printed: 4 });
    expect(agreement?.readings).toMatchObject([
      { reading: { id: 'code' }, agreeing: 2, predicted: 2, agreeingPredicted: 1 },
      { reading: { id: 'text' }, agreeing: 1, predicted: 2, agreeingPredicted: 1 },
    ]);
    expect(agreement && agreementSentence(agreement)).toBe(
      'Relative speed-ups: of 4 printed ones 2 agree with the released code on cards like it (the code; 1 of the 2 that the model was not fitted to) and 1 with the text (R1; 1 of the 2 that the model was not fitted to).',
    );
  });

  it('stands second of at most five lines, after what was asked', () => {
    const { sentences } = summarise(models, [], agreement);
    expect(sentences.length).toBeLessThanOrEqual(5);
    expect(sentences[0]).toMatch(/^Asked: /u);
    expect(sentences[1]).toMatch(/^Relative speed-ups: of 4 printed ones 2 agree/u);
  });
});
