/** What a paper leaves open, and what is chosen here. */
import type { Protocol } from '../plan/profile/protocol.js';

export interface Question {
  /** `A1`. */
  readonly id: string;
  readonly question: string;
  /** Options of the protocol that answer it; empty where the answer is not an option of a protocol. */
  readonly options: readonly string[];
  /** What is done here, beyond what the options say. */
  readonly choice: string;
}

/** `derivative: R1 (paper), released (released-code)`; one value where all protocols agree. */
export function choicesOf({ options }: Question, protocols: readonly Protocol[]): string[] {
  return options.map((option) => {
    const values = new Map<string, string[]>();
    for (const protocol of protocols) {
      const value = String(protocol[option]);
      values.set(value, [...(values.get(value) ?? []), protocol.name]);
    }
    const [only] = values.keys();
    if (values.size <= 1) return `${option}: ${only ?? 'not used'}`;
    return `${option}: ${[...values].map(([value, names]) => `${value} (${names.join('; ')})`).join(', ')}`;
  });
}
