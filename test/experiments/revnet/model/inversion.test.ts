/** A unit's input comes back from its output. */
import { enableProdMode, norm, setBackend, sub, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainOperations } from '../../../../harness/engine/plain/operations.js';
import { placeVariables } from '../../../../harness/model/declaration.js';
import { ForwardPass, type Shards } from '../../../../harness/model/forward-pass.js';
import { initialise } from '../../../../harness/model/initialisation.js';
import { placement } from '../../../../harness/model/placement.js';
import { randomStream } from '../../../../harness/model/random.js';
import { parametersOf } from '../../../../experiments/revnet/model/parameters.js';
import { unitsOf } from '../../../../experiments/revnet/model/plan.js';
import { invertUnit, runUnit, type Features, type Pass } from '../../../../experiments/revnet/model/unit.js';
import type { NetworkSpecification } from '../../../../experiments/revnet/model/specification.js';
import { options, thin } from './networks.js';

beforeAll(async () => {
  enableProdMode();
  await setBackend('cpu');
});

function passOf(network: NetworkSpecification): Pass {
  const variables = placeVariables(parametersOf(network, options), placement(1, 1));
  const values = initialise(variables, 5);
  const weights = new Map(
    variables.parameters.map(({ name, shape }) => [name, tensor(values.get(name) ?? [], [...shape], 'float32')]),
  );
  return new ForwardPass({ ...variables }, { ...options, batchNormEvaluation: 'batch' }, 'train', {
    operations: plainOperations,
    weight: ({ name }) => weights.get(name) as Tensor,
    state: () => tensor([]),
    assignState: () => undefined,
  });
}

function normal(name: string, shape: [number, number, number, number]): Shards {
  const stream = randomStream(11, name);
  const length = shape.reduce((product, size) => product * size, 1);
  return [
    tensor(
      Float32Array.from({ length }, () => stream.normal()),
      shape,
      'float32',
    ),
  ];
}

const relative = (actual: Features, wanted: Features): number => {
  const size = (tensors: Tensor[]) => Math.hypot(...tensors.map((x) => norm(x).dataSync()[0] ?? NaN));
  const [found, expected] = [actual.flat(), wanted.flat()];
  return size(found.map((x, index) => sub(x, expected[index] ?? x))) / size(expected);
};

describe('nine units a stage, inverted from the last to the second', () => {
  // Each inversion adds its rounding, some 1e-7 of the features, and a branch's gain multiplies what is there: 1e-4 leaves
  // room for eight units; a wrong inverse is off by the size of a branch, 1.
  it.each(['basic', 'bottleneck'] as const)('%s units give the input of the second to 1e-4', (kind) => {
    const network = thin(kind, 9);
    const pass = passOf(network);
    for (const stage of [1, 2, 3]) {
      const units = unitsOf(network).filter((unit) => unit.stage === stage && !unit.first);
      tidy(() => {
        const half = units[0]?.from ?? 0;
        const input = [normal('x1', [4, 8, 8, half]), normal('x2', [4, 8, 8, half])];
        const output = units.reduce<Features>((x, unit) => runUnit(pass, unit, x), input);
        const back = [...units].reverse().reduce<Features>((y, unit) => invertUnit(pass, unit, y), output);
        expect(relative(output, input), `stage ${stage}, moved`).toBeGreaterThan(0.5);
        expect(relative(back, input), `stage ${stage}`).toBeLessThan(1e-4);
      });
    }
  });
});

it('the first unit of a stage has no inverse', () => {
  const network = thin('basic', 2);
  const [first] = unitsOf(network);
  if (first === undefined) throw new Error('no unit');
  const maps = [normal('y1', [1, 4, 4, 4]), normal('y2', [1, 4, 4, 4])];
  expect(() => invertUnit(passOf(network), first, maps)).toThrow(/cannot be inverted/);
});
