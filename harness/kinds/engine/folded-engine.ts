import type { Engine } from '../../engine/engine.js';

/**
 * The same engine for a layout that counts on more devices than there are: logical device d is device d mod n. The function
 * computed does not change, so a training job runs anywhere; a timing never uses this.
 */
export function foldedEngine(engine: Engine): Engine {
  const { operations } = engine;
  const fold = (device: number) => device % engine.devices;
  return {
    name: engine.name,
    devices: engine.devices,
    operations: { ...operations, onDevice: (device, build) => operations.onDevice(fold(device), build) },
    variable: (name, shape, value, device) => engine.variable(name, shape, value, fold(device)),
    compile: (name, signature, body) => engine.compile(name, signature, body),
    readVariables: (variables) => engine.readVariables(variables),
    writeVariables: (variables, values) => engine.writeVariables(variables, values),
    close: () => {
      engine.close();
    },
  };
}
