/** WarpNet's three families of networks as matrices name them: WRN, WarpNet1, WarpNet2. */
import { Problem } from '../../harness/core/problem.js';
import type { Axes, Placement, System } from '../../harness/plan/paper/network.js';
import { systemOf } from '../../harness/plan/paper/paper.js';
import type { ProtocolOptions } from '../../harness/plan/paper/protocol-options.js';
import { defaultLayout, devicesOf, formatLayout, readLayout, type Layout } from './layouts/layout.js';
import type { NetworkOptions } from './model/options.js';
import { networkOptions } from './options.js';
import { depthOf, labelOf, networkSchema, unitsPerStage, type NetworkSpecification } from './model/specification.js';

interface PlacedOperator extends Placement {
  readonly layout: Layout;
}

const placement = (layout: Layout): PlacedOperator => ({
  text: formatLayout(layout),
  devices: devicesOf(layout),
  replicas: layout.kind === 'data-parallel' ? layout.replicas : 1,
  layout,
});

type DerivativeTerms = NetworkOptions['derivativeTerms'];
/** Options that no protocol file gave mean the default, `once`. */
const termsIn = ({ ['derivativeTerms']: terms }: ProtocolOptions): DerivativeTerms =>
  terms === 'per-pair' ? 'per-pair' : 'once';

/** A layout may be right under one choice of the derivative's coefficients only (A2). */
function readEither(text: string, network: NetworkSpecification): Layout {
  try {
    return readLayout(text, network, 'once');
  } catch (cause) {
    try {
      return readLayout(text, network, 'per-pair');
    } catch {
      throw cause;
    }
  }
}

type Axis = 'K' | 'Nwarp' | 'kw';
/** The matrix schema has seen to it that each is there and a whole number. */
const axis = (axes: Axes, name: Axis): number => Number(axes[name]);

/** `[F1, F2, F3]`: K units of a WRN on one device. */
export const chainLayout = (K: number): string =>
  `[${Array.from({ length: K }, (_, index) => `F${index + 1}`).join(', ')}]`;

const importModels = () => import('./model/network.js');
let models: Awaited<ReturnType<typeof importModels>> | undefined;

async function loadModels(): Promise<void> {
  models ??= await importModels();
}

function family(
  name: 'WRN' | 'WarpNet1' | 'WarpNet2',
  specify: (axes: Axes, classes: number) => NetworkSpecification,
): System<NetworkSpecification, PlacedOperator> {
  return {
    name,
    family: name.toLowerCase(),
    load: loadModels,
    parse: (stored) => {
      const parsed = networkSchema.safeParse(stored);
      if (parsed.success) return parsed.data;
      const [issue] = parsed.error.issues;
      throw new Problem('SPECIFICATION_INVALID', `${issue?.path.join('.') ?? name}: ${issue?.message ?? 'cannot be'}`);
    },
    specify,
    label: labelOf,
    title: (network) => (network.family === 'wrn' ? labelOf(network) : `${labelOf(network)} (K = ${network.K})`),
    facts: (network) => ({ depth: depthOf(network), unitsPerStage: unitsPerStage(network) }),
    repetitions: (network) => (network.family === 'wrn' ? network.unitsPerStage : network.Nwarp),
    shortened: (network, most) =>
      network.family === 'wrn'
        ? { ...network, unitsPerStage: Math.min(most, network.unitsPerStage) }
        : { ...network, Nwarp: Math.min(most, network.Nwarp) },
    // K + 1 devices for a WarpNet (Tables 2 and 3), one for a WRN.
    printedLayout: (axes) =>
      name === 'WRN'
        ? chainLayout(axis(axes, 'K'))
        : formatLayout(defaultLayout(specify(axes, 10), axis(axes, 'K') + 1)),
    readLayout: (text, network, options) =>
      placement(options === null ? readEither(text, network) : readLayout(text, network, termsIn(options))),
    defaultLayout: (network, devices, options) => placement(defaultLayout(network, devices, termsIn(options))),
    trainingLayout: (network, replicas, options) => {
      const single = defaultLayout(network, 1, termsIn(options));
      if (replicas === 1) return placement(single);
      const bracket = single.kind === 'operator' ? single.brackets.flat() : single.bracket;
      return placement({ kind: 'data-parallel', replicas, bracket });
    },
    build: (network, options, { layout }) => {
      if (models === undefined) throw new Error('Internal error: a network was built before its models were loaded');
      return models.buildModel(network, networkOptions(options), layout);
    },
  };
}

const warp =
  (of: 'warpnet1' | 'warpnet2') =>
  (axes: Axes, classes: number): NetworkSpecification => ({
    family: of,
    K: axis(axes, 'K'),
    Nwarp: axis(axes, 'Nwarp'),
    kw: axis(axes, 'kw'),
    classes,
  });

export const systems = [
  systemOf(family('WarpNet1', warp('warpnet1'))),
  systemOf(family('WarpNet2', warp('warpnet2'))),
  // Keyed by its units per stage: K groups them and changes nothing.
  systemOf(
    family('WRN', (axes, classes) => ({
      family: 'wrn',
      unitsPerStage: axis(axes, 'K') * axis(axes, 'Nwarp'),
      kw: axis(axes, 'kw'),
      classes,
    })),
  ),
];
