/** Cards that other programs use: named before the start, because trainings may not fit and timings would suffer. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface CardMemory {
  readonly uuid: string;
  readonly usedMebibytes: number;
  readonly totalMebibytes: number;
}

/** A card without programs uses a little memory itself. */
const idleShare = 0.05;

/** Of the cards with these UUIDs, those that are in use. None where nvidia-smi does not say. */
export async function busyCards(uuids: readonly string[]): Promise<CardMemory[]> {
  if (uuids.length === 0) return [];
  const query = ['--query-gpu=uuid,memory.used,memory.total', '--format=csv,noheader,nounits', '-i', uuids.join(',')];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 });
    return stdout
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [uuid = '', used, total] = line.split(',').map((field) => field.trim());
        return { uuid, usedMebibytes: Number(used), totalMebibytes: Number(total) };
      })
      .filter(({ usedMebibytes, totalMebibytes }) => usedMebibytes > idleShare * totalMebibytes);
  } catch {
    return [];
  }
}

/** `GPU 1 (Tesla P100): 12.0 of 16.0 GiB are in use by other programs` */
export function describeBusyCard({ usedMebibytes, totalMebibytes }: CardMemory, index: number, model: string): string {
  const gibibytes = (mebibytes: number) => (mebibytes / 1024).toFixed(1);
  return `GPU ${index} (${model}): ${gibibytes(usedMebibytes)} of ${gibibytes(totalMebibytes)} GiB are in use by other programs`;
}
