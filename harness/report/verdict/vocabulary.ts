/** The words of every verdict: a closed list of outcomes and a closed list of reasons, the same in all formats. */

/** In the order in which reports count them. */
export const outcomes = [
  'reproduced',
  'reproduced on modelled hardware',
  'reduced scale',
  'not reproduced',
  'not judged',
] as const;
export type VerdictOutcome = (typeof outcomes)[number];

export const outcomeSentences: Readonly<Record<VerdictOutcome, string>> = {
  reproduced: 'Our number agrees with the printed one.',
  'reproduced on modelled hardware':
    'What a model of the paper’s hardware predicts for this layout agrees with the printed number.',
  'reduced scale':
    'Our number is of a smaller network, a shorter training or another data set: it is shown and counts neither as reproduced nor as not reproduced.',
  'not reproduced': 'Our number differs from the printed one.',
  'not judged': 'There is nothing to judge, or nothing to judge it by; the reason is given.',
};

/** Why a number or a claim is not judged: a code, and the sentence that explains it. */
export const reasonSentences = {
  'data-not-here': 'The data set is not here.',
  'device-not-here': 'It takes more devices, more memory or another engine than this machine has.',
  'not-run-yet': 'It has not run yet; the same command goes on where it stopped.',
  failed: 'Its job failed.',
  time: 'The profile does not run it, to keep to its time.',
  'left-out': 'The experiment leaves it out on purpose.',
  quoted: 'The paper quotes this number from elsewhere.',
  'other-hardware':
    'It was measured on another kind of hardware than the paper’s, and such a number says nothing of the printed one.',
  'interval-too-wide': 'The 95 % interval is too wide to judge by.',
  'printed-digits-doubtful': 'The printed number cannot be read with confidence.',
  'not-printed': 'The paper prints no number here.',
  'fitted-to-it': 'A model of the paper’s hardware was fitted to this number, so that their agreement tests nothing.',
  'by-definition': 'It is 0 by definition, so nothing is tested.',
  'projections-unchecked': 'It is projected, and projections were never checked on this machine.',
} as const;
export type ReasonCode = keyof typeof reasonSentences;
export const reasonCodes = Object.keys(reasonSentences) as readonly ReasonCode[];

/** As a reader sees it: `data not here`. */
export const reasonTitle = (code: ReasonCode): string => code.replaceAll('-', ' ');

export interface Verdict {
  readonly outcome: VerdictOutcome;
  /** Id of the rule that decided; of a claim, its id. */
  readonly rule: string;
  /** Set where the outcome is `not judged`, and only there. */
  readonly code: ReasonCode | null;
  /** One sentence. */
  readonly reason: string;
}

/** `not judged: other hardware` */
export const verdictTitle = ({ outcome, code }: Pick<Verdict, 'outcome' | 'code'>): string =>
  code === null ? outcome : `${outcome}: ${reasonTitle(code)}`;

export const isJudged = (outcome: VerdictOutcome): boolean =>
  outcome === 'reproduced' || outcome === 'reproduced on modelled hardware' || outcome === 'not reproduced';

export const agrees = (outcome: VerdictOutcome): boolean =>
  outcome === 'reproduced' || outcome === 'reproduced on modelled hardware';

/** How many of each outcome. */
export type Counts = Readonly<Record<VerdictOutcome, number>>;

export function countsOf(verdicts: readonly VerdictOutcome[]): Counts {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<VerdictOutcome, number>;
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}

export const judgedOf = (counts: Counts): number =>
  outcomes.filter(isJudged).reduce((sum, outcome) => sum + counts[outcome], 0);

export const agreeingOf = (counts: Counts): number =>
  outcomes.filter(agrees).reduce((sum, outcome) => sum + counts[outcome], 0);
