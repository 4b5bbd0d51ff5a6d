/** What an expansion needs to know of the machine: an input value, so that a plan is a pure function. `schedule/` detects it. */
import type { EngineName } from '../engine/engine.js';
import type { DatasetName } from './dataset-facts.js';
import type { DeviceSelection } from '../engine/devices/selection.js';

export type DatasetAvailability =
  | {
      readonly available: true;
      /** Of all of it, as `datasets/` computes it: part of every training job's id. */
      readonly checksum: string;
      /** Training images there are when nothing is said; the embedded Fashion-MNIST has 10,000. */
      readonly trainImages: number;
      /** Checksums of other numbers of leading training images that can be had; see `wantedImageCounts`. */
      readonly partChecksums?: ReadonlyMap<number, string>;
    }
  | {
      readonly available: false;
      /** How to get it; follows `CIFAR-10 is not here: ` in a footnote. */
      readonly reason: string;
    };

export interface Machine {
  /** As asked for, or chosen: timing jobs run on these. */
  readonly devices: DeviceSelection;
  /** Logical devices that the selection gives here. */
  readonly deviceCount: number;
  /** Model of the CPU or GPU, and nothing else; how it is cut into devices is added by `timingHardware`. */
  readonly hardware: string;
  /** CPU cores that this process may use. */
  readonly cores: number;
  readonly engine: EngineName;
  /** Memory that a timing job may fill: of the machine on CPU, of one card on GPU. */
  readonly memoryBytes: number;
  readonly datasets: Readonly<Record<DatasetName, DatasetAvailability>>;
}

export const deviceKind = (machine: Machine): 'cpu' | 'gpu' =>
  machine.devices.kind === 'cpu' || machine.devices.kind === 'cores' ? 'cpu' : 'gpu';

/** The model and what one logical device is: timings of different ones are never mixed. */
export function timingHardware(machine: Pick<Machine, 'devices' | 'hardware' | 'cores'>): string {
  const { devices } = machine;
  switch (devices.kind) {
    case 'cpu':
      return `${machine.hardware}, ${machine.cores} cores as one device`;
    case 'cores':
      return `${machine.hardware}, one core a device`;
    case 'gpus':
      return machine.hardware;
    case 'gpu':
      return devices.logicalPerCard > 1
        ? `${machine.hardware}, ${devices.logicalPerCard} devices a card`
        : machine.hardware;
  }
}
