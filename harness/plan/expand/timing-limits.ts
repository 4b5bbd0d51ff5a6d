/** What a timing may use of the machine. */
import type { TableContext } from './table-context.js';

/** Part of the machine's memory that the networks of one job may fill by `stepMemory`. */
const usableMemory = 0.75;

/** Bytes that the networks of one timing job may fill. */
export const memoryBudget = ({ machine }: Pick<TableContext, 'machine'>): number => machine.memoryBytes * usableMemory;

/** Engines other than the traced one know one device. */
export const usableDevices = ({ machine }: Pick<TableContext, 'machine'>): number =>
  machine.engine === 'traced' ? machine.deviceCount : 1;
