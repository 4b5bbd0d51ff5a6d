/** A claim that a paper makes in words, with the function that decides it on our numbers. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Evidence } from '../evaluate/evidence.js';
import type { ReasonCode, VerdictOutcome } from '../verdict/vocabulary.js';

export interface Finding {
  readonly outcome: VerdictOutcome;
  /** Set where the outcome is `not judged`, and only there. */
  readonly code: ReasonCode | null;
  /** A sentence with the counts or numbers that decided. */
  readonly evidence: string;
}

export const found = (outcome: Exclude<VerdictOutcome, 'not judged'>, evidence: string): Finding => ({
  outcome,
  code: null,
  evidence,
});

export const notJudged = (code: ReasonCode, evidence: string): Finding => ({ outcome: 'not judged', code, evidence });

export interface Claim {
  readonly id: string;
  /** Of the paper. */
  readonly section: string;
  /** In our words. */
  readonly statement: string;
  /** How `decide` decides, in one sentence for the reader. */
  readonly test: string;
  /** Tables beyond those that the paper prints: the claim is about their places, and judged in reports that have one of them. */
  readonly tables?: readonly string[];
  /** Whether protocols can differ on it: it is decided under each apart, and holding under one of them is enough. */
  readonly perProtocol: boolean;
  /** @param places of the paper's tables, under one protocol where protocols differ */
  readonly decide: (places: readonly EvaluatedEntry[], evidence: Evidence) => Finding;
}
