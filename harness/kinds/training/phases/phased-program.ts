/** The network that is being trained, of those that a training has one after the other. */
import type { Program, TrainingPhase } from '../program.js';

export class PhasedProgram {
  #index: number;
  #program: Program;

  /** @param phase the one to begin with, counted from 1 */
  constructor(
    private readonly phases: readonly TrainingPhase[],
    phase: number,
  ) {
    this.#index = phase - 1;
    this.#program = this.#phase(this.#index).open();
  }

  get program(): Program {
    return this.#program;
  }

  /** What tells its evaluations and checkpoints from those of other phases; nothing where there are no others. */
  get named(): { readonly phase?: number } {
    return this.phases.length > 1 ? { phase: this.#index + 1 } : {};
  }

  /** Whether another network follows after so many steps. */
  endsAt(step: number): boolean {
    return this.phases[this.#index + 1]?.begin === step;
  }

  /** Whether a network ends or begins there. */
  changesAt(step: number): boolean {
    return this.endsAt(step) || (this.#index > 0 && this.#phase(this.#index).begin === step);
  }

  /** Goes on with the next network, which begins as it grows from this one. */
  async next(): Promise<void> {
    const { open, grow } = this.#phase(this.#index + 1);
    const before = await this.#program.readState();
    const program = open();
    if (grow) await program.writeState(grow(before, await program.readState()));
    this.#program = program;
    this.#index += 1;
  }

  #phase(index: number): TrainingPhase {
    const phase = this.phases[index];
    if (phase === undefined) throw new Error(`Internal error: this training has no phase ${index + 1}`);
    return phase;
  }
}
