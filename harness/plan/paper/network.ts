/** A network that a row names: a system's name and the numbers that choose one of its networks. */
import type { z } from 'zod';
import type { Model } from '../../model/model.js';
import type { Transfer } from '../../model/transfer.js';
import { canonicalJson } from '../canonical-json.js';
import type { Layout } from './layout.js';
import type { ProtocolOptions } from './protocol-options.js';

export type Scalar = number | string;

/** The axes of a matrix that say which network a row has: `{ depth: 20, width: 4 }`. A paper says which there are. */
export type Axes = Readonly<Record<string, Scalar>>;

/** An axis of the paper's matrices: the values that a row may have on it. */
export type Axis = z.ZodType<Scalar>;

/** A network as jobs store it: what an identity holds. `family` names its system. */
export type Specification = Readonly<Record<string, Scalar>> & {
  readonly family: string;
  /** Outputs of the classifier. */
  readonly classes: number;
};

/** A layout as a system reads it: its own data, and what the program asks of any. */
export interface Placement {
  readonly text: string;
  readonly devices: number;
  readonly replicas: number;
}

/** A family of networks. A paper's folder has one object for each. */
export interface System<Spec extends Specification = Specification, Place extends Placement = Placement> {
  /** As matrices name it. */
  readonly name: string;
  readonly family: string;
  /** Imports what `build` needs, tfjs with it. */
  load(): Promise<void>;
  /** @throws Problem SPECIFICATION_INVALID for what no job of this version stores */
  parse(stored: unknown): Spec;
  /** The network that a row's axes name, for images of so many classes. */
  specify(axes: Axes, classes: number): Spec;
  /** As tables show it. */
  label(spec: Spec): string;
  /** The label, with what tells two networks of one label apart. */
  title(spec: Spec): string;
  /** Facts that follow from the specification and that a printed row may state, such as the depth. */
  facts(spec: Spec): Axes;
  /** How often the layers of a stage are repeated: an operation count grows with it in a straight line. */
  repetitions(spec: Spec): number;
  /** The same network with at most so many repetitions of its layers in each stage: it has the same operations. */
  shortened(spec: Spec, most: number): Spec;
  /** The layout of a row that names none. */
  printedLayout(axes: Axes): string;
  /** Reads the paper's notation and checks it; without options, whether any would do. @throws LayoutProblem LAYOUT_INVALID */
  readLayout(text: string, spec: Spec, options: ProtocolOptions | null): Place;
  /** A layout for as many devices as there are; it may use fewer. */
  defaultLayout(spec: Spec, devices: number, options: ProtocolOptions): Place;
  /** All of the network on one device, or on each of `replicas` devices: what it is trained on. */
  trainingLayout(spec: Spec, replicas: number, options: ProtocolOptions): Place;
  /** Once `load` is done. */
  build(spec: Spec, options: ProtocolOptions, placement: Place): Model;
  /** For families of which some networks are grown from smaller ones. */
  readonly growth?: Growth<Spec> | undefined;
}

export interface Growth<Spec> {
  /** The networks that are trained before this one, in their order: each is grown from the one before it. Empty for most. */
  before(spec: Spec): readonly Spec[];
  /** What `spec` begins with after `before` was trained; once `load` is done. */
  transfer(spec: Spec, before: Spec, options: ProtocolOptions): Transfer;
}

export interface Network {
  /** Name of its system, as matrices have it. */
  readonly system: string;
  readonly specification: Specification;
  /** Equal for equal networks of one paper, and only for them. */
  readonly key: string;
  readonly label: string;
  readonly title: string;
  readonly classes: number;
  readonly facts: Axes;
  readonly repetitions: number;
  /** The networks that it is grown from, in the order in which they are trained; empty for one that is trained by itself. */
  readonly before: readonly Network[];
  /** What it begins with after `before`, a network of its system, was trained; once `Paper.loadModels` is done. */
  transferFrom(before: Network, options: ProtocolOptions): Transfer;
  shortened(most: number): Network;
  /** @throws LayoutProblem LAYOUT_INVALID */
  layout(text: string, options: ProtocolOptions | null): Layout;
  defaultLayout(devices: number, options: ProtocolOptions): Layout;
  trainingLayout(replicas: number, options: ProtocolOptions): Layout;
  /** As jobs and plans store it. */
  toJSON(): Specification;
}

/** A network of a system: the one place where a specification and its system meet. */
export function networkOf<Spec extends Specification, Place extends Placement>(
  system: System<Spec, Place>,
  specification: Spec,
): Network {
  const placed = (placement: Place): Layout => ({
    text: placement.text,
    devices: placement.devices,
    replicas: placement.replicas,
    build: (options) => system.build(specification, options, placement),
    toJSON: () => placement.text,
  });
  // Rows ask for the same layouts under few protocols, thousands of times.
  const known = new Map<ProtocolOptions | null, Map<string, Layout>>();
  const layout = (text: string, options: ProtocolOptions | null): Layout => {
    let ofOptions = known.get(options);
    if (ofOptions === undefined) known.set(options, (ofOptions = new Map<string, Layout>()));
    let read = ofOptions.get(text);
    if (read === undefined) ofOptions.set(text, (read = placed(system.readLayout(text, specification, options))));
    return read;
  };
  const shorter = new Map<number, Network>();
  return {
    system: system.name,
    specification,
    key: canonicalJson(specification),
    label: system.label(specification),
    title: system.title(specification),
    classes: specification.classes,
    facts: system.facts(specification),
    repetitions: system.repetitions(specification),
    before: (system.growth?.before(specification) ?? []).map((smaller) => networkOf(system, smaller)),
    transferFrom: (before, options) => {
      if (system.growth === undefined) throw new Error(`Internal error: no ${system.name} is grown from another`);
      return system.growth.transfer(specification, before.specification as Spec, options);
    },
    shortened: (most) => {
      const network = shorter.get(most) ?? networkOf(system, system.shortened(specification, most));
      shorter.set(most, network);
      return network;
    },
    layout,
    defaultLayout: (devices, options) => placed(system.defaultLayout(specification, devices, options)),
    trainingLayout: (replicas, options) => placed(system.trainingLayout(specification, replicas, options)),
    toJSON: () => specification,
  };
}
