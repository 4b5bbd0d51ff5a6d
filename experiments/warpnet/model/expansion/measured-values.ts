/** Scalars of a graph under names, compiled into one function of a batch. */
import { concat, reshape, type Rank, type Scalar, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { ForwardPass } from '../../../../harness/model/forward-pass.js';
import { placement } from '../../../../harness/model/placement.js';
import { accessTo } from '../../../../harness/model/variables.js';
import type { AnalysedBatch, AnalysedNetwork, AnalysedValue } from '../../../../harness/plan/paper/analysis.js';
import { networkOptions } from '../../options.js';
import type { NetworkOptions } from '../options.js';
import { networkSchema } from '../specification.js';
import { followChain, type Chain } from './chain.js';

export interface NamedScalar extends Pick<AnalysedValue, 'quantity' | 'place' | 'variant' | 'unit'> {
  readonly value: Scalar;
}

/** What is measured of a WRN while it computes a batch. */
export type MeasuredChain = (pass: ForwardPass<NetworkOptions>, chain: Chain, labels: Tensor1D) => NamedScalar[];

/** Size of the images of every data set. */
const imageSize = 32;

/** Compiles a measurement; every value of a batch has the batch's number. */
export function compileMeasurement(
  analysed: AnalysedNetwork,
  name: string,
  measure: MeasuredChain,
): (batches: readonly AnalysedBatch[]) => Promise<AnalysedValue[]> {
  const { engine, model, variables, batch } = analysed;
  const network = networkSchema.parse(analysed.network.specification);
  const options = networkOptions(analysed.options);
  let names: readonly Omit<NamedScalar, 'value'>[] = [];
  const compiled = engine.compile(name, model.inputs(batch, imageSize), (inputs, access) => {
    const [images, labels] = inputs as [Tensor4D, Tensor1D];
    const { parameters, state } = model;
    const placed = { placement: placement(1, 1), parameters, state };
    // Nothing is assigned: a measurement leaves running averages as they are.
    const reading = { ...accessTo(model, variables, engine.operations, access), assignState: () => undefined };
    const pass = new ForwardPass(placed, options, 'train', reading);
    const values = measure(pass, followChain(pass, network, images), labels);
    names = values.map(({ quantity, place, variant, unit }) => ({ quantity, place, variant, unit }));
    return [
      concat(
        values.map(({ value }) => reshape<Rank.R1>(value, [1])),
        0,
      ),
    ];
  });
  return async (batches) => {
    const found: AnalysedValue[] = [];
    for (const [sample, { images, labels }] of batches.entries()) {
      const [values] = await compiled.run(images, labels);
      for (const [index, named] of names.entries())
        found.push({ ...named, sample, value: values?.[index] ?? Number.NaN });
    }
    return found;
  };
}
