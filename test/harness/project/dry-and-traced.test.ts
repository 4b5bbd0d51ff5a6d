/** The step graph traced without TensorFlow against the one that the traced engine makes of the same network, op for op. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf } from '../../../harness/engine/step-properties.js';
import { parameterCount } from '../../../harness/model/model.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { isNetworkRow } from '../../../harness/plan/matrix/matrix-row.js';
import { networkOfRow } from '../../../harness/plan/matrix/row-layout.js';
import type { Layout } from '../../../harness/plan/paper/layout.js';
import type { Network } from '../../../harness/plan/paper/network.js';
import type { Paper } from '../../../harness/plan/paper/paper.js';
import type { Protocol } from '../../../harness/plan/profile/protocol.js';
import { dryEvaluation, dryTrainingStep } from '../../../harness/project/step-graph.js';
import { papers } from '../../support/papers.js';
import { firstDifference, tracedEvaluation, tracedTrainingStep } from '../../support/traced-and-dry.js';
import { toy } from '../../toy-paper/index.js';

interface Case {
  readonly title: string;
  readonly layout: Layout;
  readonly protocol: Protocol;
}

/** Can be cut into up to four equal parts. */
const batch = 12;
const mostDevices = 4;

/**
 * Every kind of network in a paper's tables, with one repetition of its layers, on each default layout of up to four devices
 * and with a copy on each of two, and with two repetitions on one device; under each of the paper's protocols.
 */
function casesOf(paper: Paper): Case[] {
  const folder = new ExperimentFolder(paper);
  const names = folder.protocolNames();
  const all = (names.length === 0 ? ['paper'] : names).map((name) => folder.protocol(name));
  const cases = new Map<string, Case>();
  const matrices = folder.matrixNames().map((name) => folder.matrix(name));
  for (const [matrix, protocol] of matrices.flatMap((own) =>
    (own.protocols ?? all).map((one) => [own, one] as const),
  )) {
    const networks = matrix.rows.filter(isNetworkRow).map((row) => networkOfRow(paper, row));
    const add = ({ system, repetitions }: Network, layout: Layout): void => {
      // Widths differ in nothing but shapes.
      const title = `${system}, ${repetitions} repeated, ${layout.text}, ${protocol.name}`;
      if (!cases.has(title)) cases.set(title, { title, layout, protocol });
    };
    for (const network of networks) {
      const [one, two] = [network.shortened(1), network.shortened(2)];
      for (let devices = 1; devices <= mostDevices; devices++) add(one, one.defaultLayout(devices, protocol));
      add(one, one.trainingLayout(2, protocol));
      add(two, two.defaultLayout(1, protocol));
    }
  }
  return [...cases.values()];
}

describe.each(
  [...papers.all, toy].filter(({ systems }) => systems.length > 0).map((paper) => [paper.id, paper] as const),
)('networks of %s', (_, paper) => {
  beforeAll(() => paper.loadModels());
  const cases = casesOf(paper);

  it('are some', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  it.each(cases)('$title: the same training step, in names, types, devices, edges, shapes and bytes', (one) => {
    const { layout, protocol } = one;
    const model = layout.build(protocol);
    const { momentum, nesterov } = protocol;
    const settings = { batch, weightDecay: 5e-4, momentum, nesterov };
    const dry = dryTrainingStep(model, settings);
    expect(firstDifference(dry, tracedTrainingStep(model, settings))).toBeUndefined();
    expect(parametersOf(dry)).toBe(parameterCount(model));
  });

  it.each(cases.filter(({ layout }) => layout.replicas === 1).slice(0, 6))('$title: the same evaluation', (one) => {
    const model = one.layout.build(one.protocol);
    expect(firstDifference(dryEvaluation(model, 5), tracedEvaluation(model, 5))).toBeUndefined();
  });
});
