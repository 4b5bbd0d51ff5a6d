/** WarpNet's families of networks as matrices name them: WRN, WarpNet1, WarpNet2, and without skips plain and plain-warp. */
import { Problem } from '../../harness/core/problem.js';
import type { Axes, Placement, System } from '../../harness/plan/paper/network.js';
import { systemOf } from '../../harness/plan/paper/paper.js';
import type { ProtocolOptions } from '../../harness/plan/paper/protocol-options.js';
import { defaultLayout, devicesOf, formatLayout, partsOf, readLayout, type Layout } from './layouts/layout.js';
import { checkUnderOptions } from './layouts/layout-options.js';
import type { NetworkOptions } from './model/options.js';
import { networkOptions } from './options.js';
import {
  depthOf,
  isChain,
  labelOf,
  networkSchema,
  unitsPerStage,
  type NetworkSpecification,
} from './model/specification.js';

interface PlacedOperator extends Placement {
  readonly layout: Layout;
}

const placement = (layout: Layout): PlacedOperator => ({
  text: formatLayout(layout),
  devices: devicesOf(layout),
  replicas: partsOf(layout),
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
  name: 'WRN' | 'WarpNet1' | 'WarpNet2' | 'plain' | 'plain-warp',
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
    title: (network) => (isChain(network) ? labelOf(network) : `${labelOf(network)} (K = ${network.K})`),
    facts: (network) => ({ depth: depthOf(network), unitsPerStage: unitsPerStage(network) }),
    repetitions: (network) => (isChain(network) ? network.unitsPerStage : network.Nwarp),
    shortened: (network, most) =>
      isChain(network)
        ? { ...network, unitsPerStage: Math.min(most, network.unitsPerStage) }
        : { ...network, Nwarp: Math.min(most, network.Nwarp) },
    // K + 1 devices for a WarpNet (Tables 2 and 3), one for the others.
    printedLayout: (axes) => {
      if (name === 'WRN' || name === 'plain') return chainLayout(axis(axes, 'K'));
      return formatLayout(defaultLayout(specify(axes, 10), name === 'plain-warp' ? 1 : axis(axes, 'K') + 1));
    },
    readLayout: (text, network, options) => {
      if (options === null) return placement(readEither(text, network));
      const layout = readLayout(text, network, termsIn(options));
      checkUnderOptions(layout, network, options);
      return placement(layout);
    },
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

/** Keyed by its units per stage: K groups them and changes nothing. */
const chain =
  (of: 'wrn' | 'plain') =>
  (axes: Axes, classes: number): NetworkSpecification => ({
    family: of,
    unitsPerStage: axis(axes, 'K') * axis(axes, 'Nwarp'),
    kw: axis(axes, 'kw'),
    classes,
  });

export const systems = [
  systemOf(family('WarpNet1', warp('warpnet1'))),
  systemOf(family('WarpNet2', warp('warpnet2'))),
  systemOf(family('WRN', chain('wrn'))),
  // The stages of a WRN without skips, and the same expansion of two units (the paper's review).
  systemOf(family('plain', chain('plain'))),
  systemOf(
    family('plain-warp', (axes, classes) => ({
      family: 'plain-warp',
      // Another K has no such operator, and is refused where this is parsed.
      K: axis(axes, 'K') as 2,
      Nwarp: axis(axes, 'Nwarp'),
      kw: axis(axes, 'kw'),
      classes,
    })),
  ),
];
