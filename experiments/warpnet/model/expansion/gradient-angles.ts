/** The angle between what a WRN and its warped versions learn from a batch: their gradients of the same kernels, unit by unit. */
import type { EngineVariable } from '../../../../harness/engine/engine.js';
import { lossAndGradients } from '../../../../harness/model/gradients.js';
import type { Model } from '../../../../harness/model/model.js';
import { accessTo } from '../../../../harness/model/variables.js';
import type { AnalysedBatch, AnalysedNetwork, AnalysedValue } from '../../../../harness/plan/paper/analysis.js';
import { defaultLayout } from '../../layouts/layout.js';
import { networkOptions } from '../../options.js';
import { buildModel, stagesOf } from '../network.js';
import type { DerivativeReading, NetworkOptions } from '../options.js';
import { networkSchema, unitsPerStage, type NetworkSpecification } from '../specification.js';
import { angle } from './angle.js';
import { exactNetwork } from './exact-network.js';
import { layerSizes } from './remainder.js';

/** The derivatives that are compared: the paper's text, the code behind its numbers. */
const readings: readonly DerivativeReading[] = ['R1', 'released'];

/** Gradients of a unit's two kernels. */
type UnitGradients = readonly Float32Array[];

const imageSize = 32;

export function compileGradientAngles(
  analysed: AnalysedNetwork,
): (batches: readonly AnalysedBatch[]) => Promise<AnalysedValue[]> {
  const network = networkSchema.parse(analysed.network.specification);
  // The options of warped networks are none of a WRN's, so that they may not depend on its protocol.
  const options: NetworkOptions = {
    ...networkOptions(analysed.options),
    derivativeTerms: 'once',
    gradientReuse: 'none',
  };
  const units = stagesOf(network).flatMap((stage) => stage.units);
  const own = compileGradients(analysed, 'gradient', analysed.model, units);
  const versions = versionsOf(network, options).map(({ name, model }) => ({
    name,
    // Names of functions are those of nodes in TensorFlow's graph.
    gradients: compileGradients(analysed, `gradient-${name.replace(/[^\w]+/g, '-')}`, model, units),
  }));
  const reusing = reusingVersions(network, options).map(({ name, model }) => ({
    name,
    gradients: compileGradients(analysed, `reused-${name.replace(/[^\w]+/g, '-')}`, model, units),
  }));
  return async (batches) => {
    const found: AnalysedValue[] = [];
    let before: readonly UnitGradients[] | undefined;
    for (const [sample, batch] of batches.entries()) {
      const reference = await own(batch);
      const compare = (
        variant: string,
        others: readonly UnitGradients[],
        to: readonly UnitGradients[] = reference,
        quantity = 'angle',
      ): void => {
        for (const [index, place] of units.entries()) {
          const value = angle(to[index] ?? [], others[index] ?? []);
          found.push({ quantity, place, variant, sample, value, unit: 'degrees' });
        }
      };
      const ofVersions = new Map<string, readonly UnitGradients[]>();
      for (const { name, gradients } of versions) {
        const others = await gradients(batch);
        ofVersions.set(name, others);
        compare(name, others);
      }
      for (const { name, gradients } of reusing)
        compare(name, await gradients(batch), ofVersions.get(name), reuseAngle);
      // How far apart two batches of one network are: what an angle is to be compared with.
      if (before !== undefined) compare('WRN, another batch', before);
      before = reference;
    }
    return found;
  };
}

/** The quantity that is the angle between a warped network's gradient and what it becomes with re-use. */
const reuseAngle = 'reuse-angle';

/** Versions of two units under the names that they have without re-use of gradients, with it. */
function reusingVersions(network: NetworkSpecification, options: NetworkOptions): { name: string; model: Model }[] {
  if (unitsPerStage(network) % 2 !== 0) return [];
  return versionsOf(network, { ...options, gradientReuse: 'derivative' }, [2], ['R1']).filter(({ name }) =>
    name.startsWith('WarpNet'),
  );
}

/** Networks with the WRN's weights under the same names. */
function versionsOf(
  network: NetworkSpecification,
  options: NetworkOptions,
  sizes: readonly number[] = layerSizes,
  derivatives: readonly DerivativeReading[] = readings,
): { name: string; model: Model }[] {
  const { kw, classes } = network;
  return sizes
    .filter((K) => unitsPerStage(network) % K === 0)
    .flatMap((K) => {
      const warped = (['warpnet1', 'warpnet2'] as const).flatMap((family) =>
        derivatives.map((derivative) => {
          const warp = { family, K, Nwarp: unitsPerStage(network) / K, kw, classes };
          const layout = defaultLayout(warp, 1, options.derivativeTerms);
          const title = family === 'warpnet1' ? 'WarpNet1' : 'WarpNet2';
          return {
            name: `${title}, K = ${K}, ${derivative}`,
            model: buildModel(warp, { ...options, derivative }, layout),
          };
        }),
      );
      return [...warped, { name: `Theorem 1, K = ${K}, exact`, model: exactNetwork(network, options, K) }];
    });
}

/** A function from a batch to the gradients of the mean loss in training mode, unit by unit. */
function compileGradients(
  { engine, model: owner, variables, batch }: AnalysedNetwork,
  name: string,
  model: Model,
  units: readonly string[],
): (batch: AnalysedBatch) => Promise<UnitGradients[]> {
  // The same variables in the order of this model.
  const named = (owners: readonly { readonly name: string }[], values: readonly EngineVariable[]) =>
    byName(owners.map(({ name: weight }, index) => [weight, values[index]]));
  const ofWeight = named(owner.parameters, variables.weights);
  const ofState = named(owner.state, variables.state);
  const own = {
    weights: model.parameters.map(({ name: weight }) => ofWeight(weight)),
    state: model.state.map(({ name: statistic }) => ofState(statistic)),
  };
  const compiled = engine.compile(name, model.inputs(batch, imageSize), (inputs, access) => {
    const weights = own.weights.map((weight) => access.read(weight));
    const reading = { ...accessTo(model, own, engine.operations, access), assignState: () => undefined };
    const { gradients } = lossAndGradients(model, weights, inputs, reading);
    const gradientOf = byName(model.parameters.map((parameter, index) => [parameter.name, gradients[index]]));
    return units.flatMap((unit) => ['convolutionA', 'convolutionB'].map((kernel) => gradientOf(`${unit}/${kernel}`)));
  });
  return async ({ images, labels }) => {
    const values = await compiled.run(images, labels);
    return units.map((_, index) => values.slice(2 * index, 2 * index + 2).map((value) => Float32Array.from(value)));
  };
}

function byName<Value>(entries: readonly (readonly [string, Value | undefined])[]): (name: string) => Value {
  const values = new Map(entries);
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`Internal error: there is no ${name}`);
    return value;
  };
}
