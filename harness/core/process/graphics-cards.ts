/** The GPUs that nvidia-smi lists. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Environment } from '../../setup/native-library.js';

export interface GraphicsCard {
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly memoryMebibytes: number;
  readonly driver: string;
}

const fields = 'index,uuid,name,memory.total,driver_version';

/** All GPUs of this machine; none where there is no nvidia-smi, no driver or no card. */
export async function listGraphicsCards(environment: Environment = process.env): Promise<GraphicsCard[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'nvidia-smi',
      [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'],
      { timeout: 30_000, env: { ...environment } },
    );
    return stdout.split('\n').flatMap((line) => {
      const [index, uuid, model, memory, driver] = line.split(',').map((field) => field.trim());
      if (!uuid || !model) return [];
      return { index: Number(index), uuid, model, memoryMebibytes: Number(memory), driver: driver ?? '' };
    });
  } catch {
    return [];
  }
}
