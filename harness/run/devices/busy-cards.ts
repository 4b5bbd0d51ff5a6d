/** Cards that other programs use: named before the start, because trainings may not fit and timings would suffer. */
import { readGraphicsCards, type GraphicsCard } from '../../core/process/graphics-cards.js';

/** A card without programs uses a little memory itself. */
const idleShare = 0.05;

/** Of the cards with these UUIDs, those that are in use. None where nvidia-smi does not say. */
export async function busyCards(uuids: readonly string[]): Promise<GraphicsCard[]> {
  if (uuids.length === 0) return [];
  const reading = await readGraphicsCards();
  if (reading.kind !== 'read') return [];
  return reading.cards.filter(
    ({ uuid, usedMebibytes = 0, memoryMebibytes }) =>
      uuids.includes(uuid) && usedMebibytes > idleShare * memoryMebibytes,
  );
}

/** `GPU 1 (Tesla P100): 12.0 of 16.0 GiB are in use by other programs`; the index is the one of `--devices`. */
export function describeBusyCard({ usedMebibytes = 0, memoryMebibytes, model }: GraphicsCard, index: number): string {
  const gibibytes = (mebibytes: number) => (mebibytes / 1024).toFixed(1);
  return `GPU ${index} (${model}): ${gibibytes(usedMebibytes)} of ${gibibytes(memoryMebibytes)} GiB are in use by other programs`;
}
