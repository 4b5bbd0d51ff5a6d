/** Before any test: `dist/` is brought up to date, because tests spawn the built program. */
import { compile } from '../../bootstrap/compile.mjs';
import type { TestProject } from 'vitest/node';

export default async function build(project: TestProject): Promise<void> {
  await compile({ keepGoing: true });
  // In watch mode a changed source is compiled before the tests that spawn it run again.
  project.onTestsRerun(() => compile({ keepGoing: true }));
}
