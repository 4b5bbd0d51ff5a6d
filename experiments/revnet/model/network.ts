/** A whole network: stem, three stages of units, head, classifier. */
import { concat, relu, split, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Shards } from '../../../harness/model/forward-pass.js';
import type { ImageClassifier } from '../../../harness/model/image-classifier.js';
import { batchNorm } from '../../../harness/model/layers/batch-norm.js';
import { classify } from '../../../harness/model/layers/classifier.js';
import { convolution } from '../../../harness/model/layers/convolution.js';
import { checkpointed, checkpointedBySquareRoot, checkpointedRecursively } from './backward/checkpointing.js';
import { reversed, reversedTwice } from './backward/reversing.js';
import { reversibleDiagnostics } from './diagnostics.js';
import type { BackwardPass, NetworkOptions } from './options.js';
import { parametersOf } from './parameters.js';
import { unitsOf, type UnitPlan } from './plan.js';
import { partsOf, type NetworkSpecification } from './specification.js';
import { runUnit, type Features, type Pass } from './unit.js';

/** A network before it is placed. A ResNet is always differentiated plainly. */
export function buildNetwork(
  network: NetworkSpecification,
  options: NetworkOptions,
): Omit<ImageClassifier<NetworkOptions>, 'placement'> {
  const units = unitsOf(network);
  const stages = [...new Set(units.map(({ stage }) => stage))].map((stage) =>
    units.filter((unit) => unit.stage === stage),
  );
  const chosen = network.family === 'resnet' ? 'plain' : options.backward;
  const begin = (pass: Pass, images: Shards): Features => cut(pass, stem(pass, images), partsOf(network.family));
  const logitsBy = (backward: BackwardPass) => (pass: Pass, images: Shards) =>
    head(
      pass,
      stages.reduce((features, stage) => runStage(pass, stage, backward, features), begin(pass, images)),
    );
  const inverts = chosen === 'reversible-4N' || chosen === 'reversible-5N';
  return {
    declarations: parametersOf(network, options),
    options,
    logits: logitsBy(chosen),
    diagnostics: inverts
      ? reversibleDiagnostics({
          logits: (backward) => logitsBy(backward === 'plain' ? 'plain' : chosen),
          begin,
          stages,
        })
      : undefined,
  };
}

type Run = (pass: Pass, units: readonly UnitPlan[], input: Features) => Features;

const runPlainly: Run = (pass, units, input) => units.reduce((x, unit) => runUnit(pass, unit, x), input);

/** How the units of a stage after its first are run, so that they can be differentiated. */
const ways: Record<BackwardPass, Run> = {
  plain: runPlainly,
  'checkpoint-sqrt': checkpointedBySquareRoot,
  'checkpoint-recursive': checkpointedRecursively,
  'reversible-4N': reversed,
  'reversible-5N': reversedTwice,
};

/** A stage's first unit cannot be inverted: where not everything is kept, its input is, whatever becomes of the others. */
function runStage(pass: Pass, units: readonly UnitPlan[], backward: BackwardPass, input: Features): Features {
  if (backward === 'plain' || pass.mode === 'evaluate') return runPlainly(pass, units, input);
  const [first, others] = [units.slice(0, 1), units.slice(1)];
  return ways[backward](pass, others, checkpointed(pass, first, input));
}

function stem(pass: Pass, images: Shards): Shards {
  const convolved = convolution(pass, 'stem/convolution', 0, images);
  return pass.map(0, batchNorm(pass, 'stem/norm', 0, convolved), (part) => relu(part));
}

/** The channels in as many parts as the units work on. */
function cut(pass: Pass, map: Shards, parts: number): Features {
  if (parts === 1) return [map];
  const pieces = pass.map(0, map, (part) => split<Tensor4D>(part, parts, 3));
  return Array.from({ length: parts }, (_, index) => pieces.flatMap((ofReplica) => ofReplica[index] ?? []));
}

/** BN, ReLU, the mean of each channel over the whole map, and the classifier; on both halves together. */
function head(pass: Pass, features: Features): Tensor2D[] {
  const [whole, ...others] = features;
  if (whole === undefined) throw new Error('Internal error: a head without its input');
  const together =
    others.length === 0
      ? whole
      : pass.map(0, whole, (part, replica) => {
          const pieces: Tensor4D[] = [part, ...others.flatMap((half) => half[replica] ?? [])];
          return concat(pieces, 3);
        });
  return pass.map(0, batchNorm(pass, 'head/norm', 0, together), (part, replica) =>
    classify(pass, 'classifier', 0, relu(part), replica),
  );
}
