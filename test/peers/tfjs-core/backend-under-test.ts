/** The backend that tfjs-core's tests run on: `traced`, or `eager` for the reference. */
import { engine, setBackend } from '@tensorflow/tfjs-core';

export const backendUnderTest = process.env['PEER_BACKEND'] === 'eager' ? 'eager' : 'traced';

export interface BackendUnderTest {
  /** Starts one test; the returned function ends it. */
  start(): () => void;
  close(): void;
}

export async function openBackend(): Promise<BackendUnderTest> {
  if (backendUnderTest === 'eager') {
    await import('@tensorflow/tfjs-node-gpu');
    return {
      start: () => {
        void setBackend('tensorflow');
        engine().startScope();
        return () => engine().endScope();
      },
      close: () => undefined,
    };
  }
  const { openTracedEngine } = await import('../../../harness/engine/traced/index.js');
  const traced = openTracedEngine({ devices: { kind: 'cores', count: 1 } });
  return {
    start: () => {
      const stop = traced.interactive();
      engine().startScope();
      return () => {
        engine().endScope();
        stop();
      };
    },
    close: () => traced.close(),
  };
}
