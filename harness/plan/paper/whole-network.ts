/** Systems whose networks are never divided: all of one is on a device, or a copy on each of several that share the batch. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import type { ImageClassifier } from '../../model/image-classifier.js';
import type { Transfer } from '../../model/transfer.js';
import { placement } from '../../model/placement.js';
import { LayoutProblem } from './layout.js';
import type { Axes, Axis, Placement, Scalar, Specification, System } from './network.js';
import { systemOf, type AnySystem } from './paper.js';
import type { ProtocolOptions } from './protocol-options.js';

/** A network of such a system: its axes, and the outputs of its classifier. */
export type WholeNetwork<Shape extends Readonly<Record<string, Axis>>> = Specification & {
  readonly [Name in keyof Shape]: z.infer<Shape[Name]>;
};

export interface WholeNetworks<Shape extends Readonly<Record<string, Axis>>, Options> {
  /** As matrices name the system. */
  readonly name: string;
  /** Which network a row has. */
  readonly axes: Shape;
  /** Why there is no such network though each axis by itself is right; null where there is one. */
  readonly check?: (network: WholeNetwork<Shape>) => string | null;
  /** As tables show it. */
  readonly label: (network: WholeNetwork<Shape>) => string;
  /** With what tells two networks of one label apart; the label without it. */
  readonly title?: (network: WholeNetwork<Shape>) => string;
  /** The axis that says how often layers of one shape are repeated, if one does: one or two of them have every operation. */
  readonly repeated?: keyof Shape & string;
  /** What a printed row may state beside the axes, such as the depth. */
  readonly facts?: (network: WholeNetwork<Shape>) => Axes;
  /** Imports what builds a network: its weights, and how logits come of images. */
  readonly load: () => Promise<(network: WholeNetwork<Shape>, protocol: ProtocolOptions) => UnplacedNetwork<Options>>;
  /** How some of its networks are grown from others. */
  readonly growth?: WholeGrowth<WholeNetwork<Shape>>;
}

export interface WholeGrowth<Network> {
  /** The networks that are trained before this one, in their order; empty for most. */
  readonly before: (network: Network) => readonly Network[];
  /** Imports what says what a network begins with that is grown from the one before it. */
  readonly load: () => Promise<(network: Network, before: Network, protocol: ProtocolOptions) => Transfer>;
}

export type UnplacedNetwork<Options = unknown> = Omit<ImageClassifier<Options>, 'placement'>;

export function wholeNetworks<const Shape extends Readonly<Record<string, Axis>>, Options>(
  networks: WholeNetworks<Shape, Options>,
): AnySystem {
  type Network = WholeNetwork<Shape>;
  const { name, axes, check, label, title = label, repeated, facts = () => ({}), load, growth } = networks;
  const family = name.toLowerCase();
  const stored = z.strictObject({ family: z.literal(family), ...axes, classes: z.int().min(2).max(100_000) });
  const repetitions = (network: Network): number => (repeated === undefined ? 1 : Number(network[repeated]));
  const imports = async () => {
    const [build, { imageClassifier }, transfer] = await Promise.all([
      load(),
      import('../../model/image-classifier.js'),
      growth?.load(),
    ]);
    return { build, imageClassifier, transfer };
  };
  let models: Awaited<ReturnType<typeof imports>> | undefined;
  const system: System<Network> = {
    name,
    family,
    load: async () => {
      models ??= await imports();
    },
    parse: (specification) => {
      const parsed = stored.safeParse(specification);
      if (parsed.success) {
        const network = parsed.data as unknown as Network;
        const wrong = check?.(network) ?? null;
        if (wrong === null) return network;
        throw new Problem('SPECIFICATION_INVALID', `${name}: ${wrong}`);
      }
      const [issue] = parsed.error.issues;
      throw new Problem('SPECIFICATION_INVALID', `${issue?.path.join('.') ?? name}: ${issue?.message ?? 'cannot be'}`);
    },
    specify: (chosen, classes) => {
      const own: Record<string, Scalar | undefined> = {};
      for (const axis of Object.keys(axes)) own[axis] = chosen[axis];
      // `systemOf` parses it, so that a row with an axis missing is refused there.
      return { family, ...own, classes } as unknown as Network;
    },
    label,
    title,
    facts,
    repetitions,
    shortened: (network, most) =>
      repeated === undefined ? network : { ...network, [repeated]: Math.min(most, repetitions(network)) },
    printedLayout: () => placed(1).text,
    readLayout: (text) => readLayout(text),
    defaultLayout: (_, devices) => placed(devices),
    trainingLayout: (_, replicas) => placed(replicas),
    build: (network, protocol, { replicas }) => {
      if (models === undefined) throw new Error('Internal error: a network was built before its models were loaded');
      return models.imageClassifier({ ...models.build(network, protocol), placement: placement(1, replicas) });
    },
    growth: growth && {
      before: growth.before,
      transfer: (network, before, protocol) => {
        if (models?.transfer === undefined)
          throw new Error('Internal error: a network was grown before its models were loaded');
        return models.transfer(network, before, protocol);
      },
    },
  };
  return { ...systemOf(system), axes };
}

const placed = (replicas: number): Placement => ({
  text: replicas === 1 ? '[all]' : `${replicas} x [all]`,
  devices: replicas,
  replicas,
});

/** @throws LayoutProblem LAYOUT_INVALID */
function readLayout(text: string): Placement {
  const found = /^\s*(?:(\d{1,4})\s*[x×]\s*)?\[\s*all\s*\]\s*$/u.exec(text);
  const replicas = found === null ? 0 : Number(found[1] ?? 1);
  if (replicas < 1 || replicas > 1024)
    throw new LayoutProblem(
      'This is not a layout of this network',
      'Write [all] for one device, or 2 x [all] for two that share the batch.',
      0,
      Math.max(1, text.length),
    );
  return placed(replicas);
}
