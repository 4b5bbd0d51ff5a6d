/** Reads the network that a what-if question is about. */
import { closest } from 'fastest-levenshtein';
import { networkSchema, type NetworkSpecification } from '../../../experiments/warpnet/model/specification.js';
import { Problem } from '../../core/problem.js';

const families = {
  warpnet1: 'warpnet1',
  warp1: 'warpnet1',
  warpnet2: 'warpnet2',
  warp2: 'warpnet2',
  wrn: 'wrn',
} as const;

export interface NetworkArguments {
  readonly network: string;
  readonly K: number;
  readonly Nwarp: number;
  readonly kw: number;
  readonly classes: number;
  readonly devices: number;
  readonly batch: number;
}

/** @throws Problem NETWORK_INVALID */
export function whatIfNetwork(args: NetworkArguments): NetworkSpecification {
  const { K, Nwarp, kw, classes } = args;
  const name = args.network.toLowerCase();
  const family = Object.entries(families).find(([known]) => known === name)?.[1];
  if (family === undefined)
    throw new Problem(
      'NETWORK_INVALID',
      `No network is called "${args.network}"; did you mean ${closest(name, Object.keys(families))}?`,
      'Networks are warpnet1, warpnet2 and wrn.',
    );
  for (const [option, value] of [
    ['devices', args.devices],
    ['batch', args.batch],
  ] as const)
    if (!Number.isInteger(value) || value < 1 || value > (option === 'devices' ? 64 : 65536))
      throw new Problem(
        'NETWORK_INVALID',
        `--${option} ${value} is not a number of ${option === 'batch' ? 'images' : option}`,
      );
  const parsed = networkSchema.safeParse(
    family === 'wrn' ? { family, unitsPerStage: K * Nwarp, kw, classes } : { family, K, Nwarp, kw, classes },
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem('NETWORK_INVALID', `--${issue?.path.join('.') ?? 'network'}: ${issue?.message ?? 'cannot be'}`);
}
