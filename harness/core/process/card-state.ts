/** How cards run at a moment: clock, temperature, and what holds the clock down. */
import type { Environment } from './environment.js';
import { askNvidiaSmi, queryOf, unknownField } from './nvidia-smi.js';

export interface CardState {
  readonly uuid: string;
  /** Of the multiprocessors; null where the driver does not tell. */
  readonly megahertz: number | null;
  readonly celsius: number | null;
  /** What slows it down, in words. Reaching its power limit is not among them: under load that is a card's usual state. */
  readonly throttled: readonly string[];
}

/** `nvmlClocksEventReason…`, the bits that mean a card that is slower than it would be a minute later (nvml.h). */
const slowdowns: readonly (readonly [bit: number, words: string])[] = [
  [0x08, 'hardware slowdown'],
  [0x20, 'too hot, slowed by the driver'],
  [0x40, 'too hot, slowed by the hardware'],
  [0x80, 'power brake'],
];

/** The reasons' field has had two names. */
const reasonFields = ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'];

/** States of these cards in the order asked; none where nvidia-smi is missing, fails, or does not know one of them. */
export async function readCardStates(
  uuids: readonly string[],
  environment: Environment = process.env,
): Promise<CardState[]> {
  if (uuids.length === 0) return [];
  for (const reasons of reasonFields) {
    const fields = ['uuid', 'clocks.sm', 'temperature.gpu', reasons];
    const answer = await askNvidiaSmi([...queryOf(fields), '-i', uuids.join(',')], environment);
    if (unknownField(answer) !== undefined) continue;
    if (answer.exitCode !== 0) return [];
    const states = answer.lines.flatMap(stateOf);
    const found = uuids.flatMap((uuid) => states.find((state) => state.uuid === uuid) ?? []);
    return found.length === uuids.length ? found : [];
  }
  return [];
}

/** `GPU-5d5b…, 1410, 46, 0x0000000000000004` */
function stateOf(line: string): CardState[] {
  const [uuid, clock, temperature, reasons] = line.split(',').map((value) => value.trim());
  if (uuid === undefined || reasons === undefined) return [];
  const numberIn = (text: string | undefined): number | null =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
  const mask = /^0x[\da-f]+$/i.test(reasons) ? Number(reasons) : 0;
  const throttled = slowdowns.flatMap(([bit, words]) => (mask & bit ? [words] : []));
  return [{ uuid, megahertz: numberIn(clock), celsius: numberIn(temperature), throttled }];
}
