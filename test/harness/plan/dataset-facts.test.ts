import { expect, it } from 'vitest';
import { catalogue } from '../../../datasets/catalogue.js';
import { datasetFacts, datasetNames } from '../../../harness/plan/dataset-facts.js';

it('a plan and the data sets agree on names, classes and sizes', () => {
  for (const name of datasetNames) {
    const { title, classes, trainCount: trainImages, validationCount: validationImages } = catalogue[name];
    expect(datasetFacts[name]).toEqual({ title, classes, trainImages, validationImages });
  }
});
