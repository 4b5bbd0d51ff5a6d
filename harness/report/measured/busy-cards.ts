/** How busy GPUs were during the steps that a speed-up compares: below some share it measures what starts their work, and not them. */

/** Of a step: the rest is spent on starting kernels, copies and waiting. */
const enough = 0.8;

/** In steps of 5 %, so that places share a footnote. */
const rounded = (share: number): number => 5 * Math.round(20 * share);

/** A footnote beside each speed-up of GPUs: their shares of the baseline's step and of the row's own; none on CPUs. */
export function busyNote(baseline: number | undefined, own: number | undefined): string[] {
  if (baseline === undefined || own === undefined) return [];
  const shares = `The GPUs computed during ${rounded(baseline)} % of the baseline's step and ${rounded(own)} % of this one.`;
  return Math.min(baseline, own) < enough
    ? [`${shares} Below ${100 * enough} % a speed-up measures the threads that start kernels, and not the cards.`]
    : [shares];
}
