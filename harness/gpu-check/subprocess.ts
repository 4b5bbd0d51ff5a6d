/** The subprocess of one check: prints what it found as one line of JSON. */
import type { Papers } from '../plan/paper/papers.js';
import { judged, type Finding } from './finding.js';
import { pair } from './pair.js';
import { parts, type Part } from './parts.js';

/** Every check that runs in a process of its own. */
export const checks = { ...parts, pair } satisfies Readonly<Record<string, Part>>;
export type CheckName = keyof typeof checks;

/** `argv`: name of the check, devices, and `tf32` where the device has it. Ends the process: a library's threads must not keep it. */
export async function runCheck(papers: Papers, [name = '', devices = '', tf32]: readonly string[]): Promise<never> {
  const findings = await findingsOf(papers, name, devices, tf32 === 'tf32');
  await new Promise<void>((resolve) => process.stdout.write(`${JSON.stringify(findings)}\n`, () => resolve()));
  return process.exit(0);
}

async function findingsOf(papers: Papers, name: string, devices: string, hasTf32: boolean): Promise<Finding[]> {
  const check = Object.entries<Part>(checks).find(([known]) => known === name)?.[1];
  if (check === undefined) throw new Error(`Internal error: there is no check "${name}"`);
  try {
    return await check({ papers, devices, hasTf32 });
  } catch (error) {
    return [judged(name, false, error instanceof Error ? error.message : String(error))];
  }
}
