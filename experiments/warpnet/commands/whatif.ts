/** `whatif`: the projected speed-up of a WarpNet on devices and links that are not here, and the best layout for them. */
import { whatIfCommand } from '../../../harness/cli/whatif.js';
import { warpnet } from '../index.js';
import { layoutSearchOf } from '../layouts/layout-search.js';

export const whatifCommand = whatIfCommand({
  paper: warpnet,
  usual: { network: 'WarpNet1', axes: { K: 2, Nwarp: 6, kw: 4 } },
  search: layoutSearchOf,
});
