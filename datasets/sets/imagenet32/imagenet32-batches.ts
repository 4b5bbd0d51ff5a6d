/** Where ImageNet32's batches lie, and which of them are missing. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { places, type PlaceName } from '../../places.js';

export interface Batches {
  readonly train: readonly string[];
  readonly validation: string;
}

export interface FoundBatches {
  /** All of them, of one folder; undefined where one is missing. */
  readonly batches: Batches | undefined;
  /** Where they are, or belong. */
  readonly folder: string;
  readonly place: PlaceName;
  /** Whether any is there, packed or not. */
  readonly anything: boolean;
  /** `train_data_batch_7 is missing in /data/imagenet32`; empty where nothing is. */
  readonly missing: string;
  /** What to do about it. */
  readonly hint: string;
}

export const imagenetFolder = (cacheFolder: string): string => join(cacheFolder, 'imagenet32');

const trainNames = Array.from({ length: 10 }, (_, at) => `train_data_batch_${at + 1}`);
const validationName = 'val_data';

/** The batch files of the first folder that has all, or else of the one that has most. They may be one folder further down. */
export async function findBatches(cacheFolder: string): Promise<FoundBatches> {
  const folders = places(cacheFolder).flatMap(({ name, folder }) => [
    { place: name, folder: join(folder, 'imagenet32') },
    ...(name === 'WARPNET_DATA' ? [{ place: name, folder }] : []),
  ]);
  const looked = await Promise.all(folders.map(look));
  const [best] = looked.sort(
    (one, other) => other.files.size - one.files.size || other.packed.length - one.packed.length,
  );
  if (best === undefined) throw new Error('Internal error: no place to look in');
  const { folder, place, files, packed } = best;
  const missing = [...trainNames, validationName].filter((name) => !files.has(name));
  const train = trainNames.flatMap((name) => files.get(name) ?? []);
  const validation = files.get(validationName);
  return {
    batches: missing.length === 0 && validation !== undefined ? { train, validation } : undefined,
    folder,
    place,
    anything: files.size > 0 || packed.length > 0,
    missing: sentence(missing, folder),
    hint: hintFor(folder, packed, files.size > 0),
  };
}

function sentence(missing: readonly string[], folder: string): string {
  if (missing.length === 0) return '';
  if (missing.length === trainNames.length + 1) return `nothing of it is in ${folder}`;
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing in ${folder}`;
}

function hintFor(folder: string, packed: readonly string[], some: boolean): string {
  if (packed.length > 0) return `Unpack ${packed.join(' and ')} there.`;
  if (some) return `Unpack it from its archive (Imagenet32_train or Imagenet32_val) into ${folder}.`;
  return (
    `It needs an account at https://image-net.org (Download, "Downsampled ImageNet": Imagenet32_train and Imagenet32_val, ` +
    `either "npz format" or plain). Unpack the archives and put ${trainNames[0] ?? ''} … ${trainNames.at(-1) ?? ''} and ` +
    `${validationName}, with .npz at the end or without, into ${folder}.`
  );
}

interface Looked {
  readonly folder: string;
  readonly place: PlaceName;
  /** Paths of the batches, by name without `.npz`. */
  readonly files: ReadonlyMap<string, string>;
  /** Archives that somebody has put there as they came. */
  readonly packed: readonly string[];
}

async function look({ folder, place }: Pick<Looked, 'folder' | 'place'>): Promise<Looked> {
  const files = new Map<string, string>();
  const packed: string[] = [];
  const within = async (where: string, deeper: boolean): Promise<void> => {
    for (const entry of await readdir(where, { withFileTypes: true }).catch(() => [])) {
      const path = join(where, entry.name);
      if (entry.isDirectory()) {
        if (deeper) await within(path, false);
        continue;
      }
      const name = entry.name.replace(/\.npz$/, '');
      if (/^imagenet32.*\.(zip|tar|tar\.gz|tgz)$/i.test(name)) packed.push(entry.name);
      if (name !== validationName && !trainNames.includes(name)) continue;
      // Where both formats are there, npz is taken: it carries a CRC.
      if ((!files.has(name) || entry.name.endsWith('.npz')) && (await isFile(path))) files.set(name, path);
    }
  };
  await within(folder, true);
  return { folder, place, files, packed };
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true;
