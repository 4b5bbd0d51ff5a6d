/** The stored fit as the hardware model that printed speed-ups are judged by. */
import type { HardwareModel, StoredHardwareModel } from '../../../harness/report/hardware-model/hardware-model.js';
import { parseStoredFit, storedFitFile, type StoredFit, type StoredReading } from './stored-fit.js';

type Chosen = Pick<StoredReading, 'derivative' | 'batchNorm'>;

const idOf = ({ derivative, batchNorm }: Chosen): string => `${derivative}, ${batchNorm}`;

/** A1 and A8: what of a protocol changes the time of a step, in readings that the fit has. */
function readingOf(protocol: Readonly<Record<string, unknown>>): string | null {
  const { derivative, batchNorm, derivativeTerms } = protocol;
  return derivativeTerms === 'once' ? idOf({ derivative: String(derivative), batchNorm: String(batchNorm) }) : null;
}

function hardwareModelOf({ readings, card, links, fittedCells, fittedOn, command }: StoredFit): HardwareModel {
  const byId = new Map(readings.map((reading) => [idOf(reading), reading]));
  return {
    metric: 'rs',
    hardware: { kind: 'gpu', model: `${card} (simulated)` },
    cards: 'P100-like cards',
    provenance: `a simulated ${card}, links ${links}; four numbers fitted to the ${fittedCells} different RS of Table 2 on ${fittedOn} (${command})`,
    command,
    readings: readings.map((reading) => ({
      id: idOf(reading),
      title: `${reading.derivative === 'released' ? 'the released derivative' : reading.derivative}, ${reading.batchNorm} BN`,
      of: reading.derivative === 'released' ? 'the released code' : 'the text',
    })),
    readingOf: (protocol) => {
      const id = readingOf(protocol);
      return id !== null && byId.has(id) ? id : null;
    },
    predict: (id, row) => {
      const found = byId.get(id)?.predictions[row];
      if (found === undefined) return null;
      const { value, low, high, fitted } = found;
      return { value, interval: { low, high }, fitted };
    },
  };
}

export const hardwareModel: StoredHardwareModel = {
  file: storedFitFile,
  read: (text) => hardwareModelOf(parseStoredFit(text)),
};
