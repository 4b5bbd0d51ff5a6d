import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { homeFolder } from '../../../../harness/core/process/home-folder.js';
import { cacheFolder } from '../../../../harness/setup/native-library.js';

describe('the cache', () => {
  it.each([
    [{ HOME: '/home/x' }, '/home/x/.cache/warpnet-tables'],
    [{ HOME: '/home/x', XDG_CACHE_HOME: '/var/c' }, '/var/c/warpnet-tables'],
    // The XDG specification: empty is unset, and a relative one is to be ignored.
    [{ HOME: '/home/x', XDG_CACHE_HOME: '' }, '/home/x/.cache/warpnet-tables'],
    [{ HOME: '/home/x', XDG_CACHE_HOME: 'caches' }, '/home/x/.cache/warpnet-tables'],
    [{ WARPNET_CACHE: '/srv/cache', HOME: '' }, '/srv/cache'],
  ])('of %j is %s', (environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder);
  });

  it('of an empty HOME is that of the user in the system’s list', () => {
    expect(homeFolder({ HOME: '' })).toBe(homedir());
  });
});
