/** Which options of a protocol decide the numbers of a cell: an option that does not apply is no part of its identity. */
import type { NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import type { ProtocolOptions } from './protocol-file.js';
import type { Protocol } from './protocol.js';

type Scope = Partial<ProtocolOptions>;

const isWarp = (network: NetworkSpecification): boolean => network.family !== 'wrn';

/** With `F3'x1` and `F2'x1`, how often each counts is a question from K = 3 on, and for WarpNet1 only (A2). */
const repeatsTerms = (network: NetworkSpecification): boolean => network.family === 'warpnet1' && network.K >= 3;

/** The augmentation of a batch; without padding there is nothing to crop. */
function augmentation(protocol: Protocol): Scope {
  const { batches, cropPadding, cropOffsets, paddingMode, flipProbability, whitening } = protocol;
  const crop = cropPadding === 0 ? { cropPadding } : { cropPadding, cropOffsets, paddingMode };
  return { batches, ...crop, flipProbability, whitening };
}

/** Options that decide the errors of a trained network; equal questions about a protocol get the same object. */
export function errorScope(protocol: Protocol, network: NetworkSpecification, replicas: number): Scope {
  const question = `error ${isWarp(network)} ${repeatsTerms(network)} ${replicas > 1}`;
  return remembered(protocol, question, () => makeErrorScope(protocol, network, replicas));
}

function makeErrorScope(protocol: Protocol, network: NetworkSpecification, replicas: number): Scope {
  const running = protocol.batchNormEvaluation === 'running';
  return {
    ...(isWarp(network) ? { derivative: protocol.derivative } : {}),
    ...(repeatsTerms(network) ? { derivativeTerms: protocol.derivativeTerms } : {}),
    widening: protocol.widening,
    batchNorm: protocol.batchNorm,
    batchNormEpsilon: protocol.batchNormEpsilon,
    batchNormEvaluation: protocol.batchNormEvaluation,
    ...(running ? { batchNormDecay: protocol.batchNormDecay } : {}),
    ...(replicas > 1 ? { batchNormReplicas: protocol.batchNormReplicas } : {}),
    momentum: protocol.momentum,
    ...(protocol.momentum > 0 ? { nesterov: protocol.nesterov } : {}),
    initialisation: protocol.initialisation,
    weightDecayScope: protocol.weightDecayScope,
    // `learningRateDrops` has become `training.dropSteps`.
    ...augmentation(protocol),
    sampledEvaluation: protocol.sampledEvaluation,
  };
}

/** Options that decide which operations a training step has, and so its time; values of constants do not. */
export function timingScope(
  protocol: Protocol,
  networks: readonly NetworkSpecification[],
  dataParallel: boolean,
  inputPipeline: boolean,
): Scope {
  const warp = networks.some(isWarp);
  const repeats = networks.some(repeatsTerms);
  return remembered(protocol, `timing ${warp} ${repeats} ${dataParallel} ${inputPipeline}`, () => ({
    ...(warp ? { derivative: protocol.derivative } : {}),
    ...(repeats ? { derivativeTerms: protocol.derivativeTerms } : {}),
    widening: protocol.widening,
    batchNorm: protocol.batchNorm,
    // Running averages are updated in the step.
    batchNormEvaluation: protocol.batchNormEvaluation,
    ...(dataParallel ? { batchNormReplicas: protocol.batchNormReplicas } : {}),
    nesterov: protocol.nesterov,
    weightDecayScope: protocol.weightDecayScope,
    ...(inputPipeline ? augmentation(protocol) : {}),
  }));
}

const scopes = new WeakMap<Protocol, Map<string, Scope>>();

/** A matrix asks the same of a protocol for thousands of cells. */
function remembered(protocol: Protocol, question: string, make: () => Scope): Scope {
  const answers = scopes.get(protocol) ?? new Map<string, Scope>();
  scopes.set(protocol, answers);
  const answer = answers.get(question) ?? make();
  answers.set(question, answer);
  return answer;
}
