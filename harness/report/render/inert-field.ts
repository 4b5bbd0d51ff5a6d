/** Text in a CSV that nothing takes for anything else. */
import { tidy } from '../../core/safe-text.js';

/** Text that a spreadsheet would take for a formula gets a leading apostrophe. */
export function inertField(value: string): string {
  const clean = tidy(value);
  return /^[=+\-@]/u.test(clean) ? `'${clean}` : clean;
}
