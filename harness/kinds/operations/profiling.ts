/** How many steps the times of operations come from. */
import type { ProfilingLimits } from '../rows/profiled-steps.js';
import type { WarmUp } from '../rows/rows.js';

export const warming: WarmUp = { steps: 1, seconds: 0 };

/** Few steps where one is slow: a price is a quartile over them. */
export const profiling: ProfilingLimits = { fewest: 2, most: 8, seconds: 8 };
