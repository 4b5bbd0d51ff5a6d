/** Links between devices: one for each ordered pair, which may share a channel with other pairs. */
import { Problem } from '../../core/problem.js';

export interface Link {
  /** Microseconds from the end of the sending until the tensor can be used. */
  readonly latency: number;
  /** Bytes a microsecond (MB/s); Infinity: no cost. */
  readonly bandwidth: number;
  /** Links with the same channel carry one transfer at a time between them. */
  readonly channel: number;
}

export interface Topology {
  readonly name: string;
  readonly devices: number;
  /** From device `source` to device `target`, which differ. */
  link(source: number, target: number): Link;
}

export interface LinkSpeed {
  /** Microseconds. */
  readonly latency: number;
  /** Bytes a microsecond. */
  readonly bandwidth: number;
}

/** Every pair has a link of its own in each direction. */
export function allToAll(devices: number, speed: LinkSpeed, name = 'all-to-all'): Topology {
  return {
    name,
    devices,
    link: (source, target) => ({ ...speed, channel: source * devices + target }),
  };
}

/** No cost at all: what a layout could reach. */
export const freeLinks = (devices: number): Topology =>
  allToAll(devices, { latency: 0, bandwidth: Infinity }, 'free links');

/**
 * Pairs of devices (0-1, 2-3, …) with fast links, joined by one slower channel in each direction which all traffic
 * between pairs shares: an IBM S822LC has two P100 on each of its two sockets (NVLink inside, the X-bus between).
 */
export function joinedPairs(devices: number, near: LinkSpeed, far: LinkSpeed, name = 'two pairs'): Topology {
  const pairs = Math.ceil(devices / 2);
  return {
    name,
    devices,
    link: (source, target) => {
      const [from, to] = [source >> 1, target >> 1];
      return from === to
        ? { ...near, channel: source * devices + target }
        : { ...far, channel: devices * devices + from * pairs + to };
    },
  };
}

/** All traffic out of a device shares its slot, all traffic between any devices the same speed: PCIe below one switch. */
export function sharedSlots(devices: number, speed: LinkSpeed, name = 'one slot a device'): Topology {
  return { name, devices, link: (source) => ({ ...speed, channel: source }) };
}

const prefixes: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const timeUnits: Readonly<Record<string, number>> = { ns: 1e-3, us: 1, µs: 1, ms: 1e3, s: 1e6 };

/** `36GB/s`, `200Gbit/s`, `800 MB/s`, `free` to bytes a microsecond. @throws Problem LINK_INVALID */
export function parseBandwidth(text: string): number {
  if (text.trim() === 'free') return Infinity;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kMGT]?)(B|bit)\/s\s*$/.exec(text);
  const value = Number(match?.[1]) * (prefixes[match?.[2] ?? ''] ?? NaN);
  if (match === null || !(value > 0))
    throw new Problem(
      'LINK_INVALID',
      `"${text}" is not a bandwidth`,
      'Write it as 36GB/s, 200Gbit/s (decimal prefixes k, M, G, T), or free.',
    );
  return (match[3] === 'bit' ? value / 8 : value) / 1e6;
}

/** `2us`, `0.5 ms`, `800ns` to microseconds. @throws Problem LINK_INVALID */
export function parseDuration(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s)\s*$/.exec(text);
  const unit = timeUnits[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new Problem('LINK_INVALID', `"${text}" is not a duration`, 'Write it as 2us, 0.5ms or 800ns.');
  return Number(match[1]) * unit;
}

/** Bytes a microsecond as `36 GB/s`. */
export const formatBandwidth = (bandwidth: number): string =>
  bandwidth === Infinity ? 'free' : `${Number((bandwidth / 1e3).toPrecision(3))} GB/s`;
