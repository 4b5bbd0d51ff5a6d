/** One warp layer: every bracket computes and adds up its terms, the first adds the brackets to the input (method.md 7.1). */
import { Problem } from '../../core/problem.js';
import type { Layout, Term } from '../../../experiments/warpnet/layouts/layout.js';
import { add, convolution, receive } from './primitives.js';
import {
  derivativeBranch,
  residualBranch,
  unitWeights,
  untaped,
  weightsOf,
  withoutStatistics,
  type BatchNormWeights,
  type Branch,
  type BuildOptions,
  type UnitKernels,
  type UnitWeights,
} from './residual-unit.js';
import type { StepRecorder, Symbolic } from './recorder.js';

export type OperatorLayout = Extract<Layout, { kind: 'operator' }>;
type Derivative = Extract<Term, { kind: 'derivative' }>;

/** Device of stem, pooling, head, loss and of the sum of each warp layer: that of the first bracket. */
const homeDevice = 0;

/** Builds the layer over `x`; `record` is told the weights that it declares. @throws Problem LAYOUT_MISMATCH */
export function warpLayer(
  r: StepRecorder,
  x: Symbolic,
  K: number,
  channels: number,
  layout: OperatorLayout,
  options: BuildOptions,
  record: (weights: Symbolic[]) => void,
): Symbolic {
  const units = Array.from({ length: K }, (_, index) => {
    const weights = r.onDevice(holderOf(layout, index + 1), () => unitWeights(r, channels));
    record(weightsOf(weights));
    return weights;
  });
  return new WarpLayer(r, x, units, layout, options).build();
}

class WarpLayer {
  readonly #branches = new Map<number, Branch>();
  readonly #linear = new Map<string, Symbolic>();
  readonly #recomputed = new Map<string, Symbolic>();
  readonly #received = new Map<string, Symbolic>();

  constructor(
    readonly r: StepRecorder,
    readonly x: Symbolic,
    readonly units: readonly UnitWeights[],
    readonly layout: OperatorLayout,
    readonly options: BuildOptions,
  ) {}

  build(): Symbolic {
    const { r, layout } = this;
    const partial: Symbolic[][] = layout.brackets.map(() => []);
    const each = (build: (term: Term, device: number) => Symbolic | undefined): void =>
      layout.brackets.forEach((bracket, device) =>
        r.onDevice(device, () => {
          for (const term of bracket) {
            const product = build(term, device);
            if (product !== undefined) partial[device]?.push(product);
          }
        }),
      );
    // Received before anything is computed, so that in the backward pass the first device adds what comes back from the
    // others after its own branch: it would wait for them otherwise.
    layout.brackets.forEach((bracket, device) => {
      if (bracket.some((term) => this.#needsInput(term, device))) r.onDevice(device, () => this.#here(this.x));
    });
    each((term) => (term.kind === 'residual' ? this.#branch(term.unit) : undefined));
    each((term, device) => (term.kind === 'derivative' ? this.#derivative(term, device) : undefined));
    const sums = partial.flatMap((terms, device) => r.onDevice(device, () => sumOf(r, terms)));
    return r.onDevice(homeDevice, () => sums.reduce((sum, other) => add(r, sum, other), this.x));
  }

  #needsInput(term: Term, device: number): boolean {
    if (term.kind === 'residual' || term.of === 'input') return true;
    if (this.options.derivative === 'R1' || this.options.derivative === 'R4') return true;
    return this.layout.recompute && holderOf(this.layout, term.of) !== device;
  }

  #branch(unit: number): Symbolic {
    const branch = residualBranch(this.r, this.#here(this.x), this.#unit(unit), this.options);
    this.#branches.set(unit, branch);
    return branch.output;
  }

  #derivative(term: Derivative, device: number): Symbolic {
    const { r, options } = this;
    const v = this.#here(term.of === 'input' ? this.x : this.#vector(term.of, device));
    const kernels = this.#kernels(term.unit);
    const product = derivativeBranch(
      r,
      v,
      kernels,
      {
        linear: () => this.#linearPreActivation(term.unit, term.of === 'input', kernels),
        ofBranch: () => this.#here(this.#branchOf(term.unit).preActivation),
      },
      options,
    );
    return term.coefficient === 1 ? product : scaled(r, product);
  }

  #branchOf(unit: number): Branch {
    const branch = this.#branches.get(unit);
    if (branch === undefined) throw new Problem('LAYOUT_MISMATCH', `No bracket of the layout computes F${unit}`);
    return branch;
  }

  /** `F_unit(x)` as computed by its holder, or once more on `device` where the layout says so. */
  #vector(unit: number, device: number): Symbolic {
    const { output } = this.#branchOf(unit);
    if (!this.layout.recompute || holderOf(this.layout, unit) === device) return output;
    const key = `${unit}@${device}`;
    const again =
      this.#recomputed.get(key) ??
      residualBranch(this.r, this.#here(this.x), this.#unit(unit), withoutStatistics(this.options)).output;
    this.#recomputed.set(key, again);
    return again;
  }

  /** `Conv_a(x)` of a unit on the current device, shared by the terms there; off the tape where it is a pattern only. */
  #linearPreActivation(unit: number, taped: boolean, { kernelA }: UnitKernels): Symbolic {
    const x = this.#here(this.x);
    const key = `${unit}@${this.r.device}`;
    const known = this.#linear.get(key);
    if (known !== undefined && (known.differentiable || !taped)) return known;
    const pre = taped ? convolution(this.r, x, kernelA) : convolution(this.r, untaped(x), untaped(kernelA));
    this.#linear.set(key, pre);
    return pre;
  }

  #held(unit: number): UnitWeights {
    const weights = this.units[unit - 1];
    if (weights === undefined)
      throw new Problem('LAYOUT_MISMATCH', `The layout names F${unit}, but K is ${this.units.length}`);
    return weights;
  }

  /** A unit's kernels as the current device sees them. */
  #kernels(unit: number): UnitKernels {
    const { kernelA, kernelB } = this.#held(unit);
    return { kernelA: this.#here(kernelA), kernelB: this.#here(kernelB) };
  }

  /** All weights of a unit as the current device sees them. */
  #unit(unit: number): UnitWeights {
    const norm = ({ scale, offset }: BatchNormWeights) => ({ scale: this.#here(scale), offset: this.#here(offset) });
    const [a, b, c] = this.#held(unit).norms;
    return { ...this.#kernels(unit), norms: [norm(a), norm(b), norm(c)] };
  }

  #here(tensor: Symbolic): Symbolic {
    const { r } = this;
    if (r.deviceOf(tensor) === r.device) return tensor;
    const key = `${tensor.operation}:${tensor.output}@${r.device}`;
    const known = this.#received.get(key);
    if (known !== undefined) return known;
    const copy = receive(r, tensor);
    this.#received.set(key, copy);
    return copy;
  }
}

/** The device that stores a unit's weights: the one that computes `F_unit`. */
function holderOf(layout: OperatorLayout, unit: number): number {
  const device = layout.brackets.findIndex((bracket) =>
    bracket.some((term) => term.kind === 'residual' && term.unit === unit),
  );
  if (device < 0) throw new Problem('LAYOUT_MISMATCH', `No bracket of the layout computes F${unit}`);
  return device;
}

const sumOf = (r: StepRecorder, terms: readonly Symbolic[]): Symbolic[] =>
  terms.length === 0 ? [] : [terms.reduce((sum, term) => add(r, sum, term))];

/** A product with a constant (`2 F3'x1`). */
const scaled = (r: StepRecorder, x: Symbolic): Symbolic =>
  r.taped([x], r.emitOne('Mul', [x], x.shape), (dy) => [() => r.emitOne('Mul', [dy], x.shape)]);
