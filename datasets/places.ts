/** Where data sets are looked for: in our own cache, and where people and other programs keep theirs, which is only read. */
import { delimiter, join, resolve } from 'node:path';
import { homeFolder } from '../harness/core/process/home-folder.js';

export type PlaceName = 'cache' | 'WARPNET_DATA' | 'keras' | 'torchvision';

export interface Place {
  readonly name: PlaceName;
  readonly folder: string;
}

/**
 * In the order in which they are looked through. WARPNET_DATA names one or more folders (`:` between them): roots as
 * torchvision has them, a data set's own folder, or an archive.
 */
export function places(cacheFolder: string, environment: NodeJS.ProcessEnv = process.env): Place[] {
  const home = homeFolder(environment);
  const named = (environment['WARPNET_DATA'] ?? '').split(delimiter).filter((part) => part !== '');
  const keras = environment['KERAS_HOME'] || (home && join(home, '.keras'));
  return [
    { name: 'cache', folder: cacheFolder },
    ...named.map((folder) => ({ name: 'WARPNET_DATA' as const, folder: resolve(folder) })),
    ...(keras ? [{ name: 'keras' as const, folder: join(keras, 'datasets') }] : []),
    // torchvision has no folder of its own; `data` is what its examples say.
    ...(home ? [{ name: 'torchvision' as const, folder: join(home, 'data') }] : []),
  ];
}
