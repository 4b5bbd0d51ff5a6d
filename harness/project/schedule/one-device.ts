import type { StepGraph } from '../../engine/step-graph.js';

/** Whether all operations of a graph are on one device, however many the engine had. */
export const usesOneDevice = ({ operations }: StepGraph): boolean =>
  operations.every(({ device }) => device === operations[0]?.device);
