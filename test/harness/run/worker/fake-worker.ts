/** A worker process with the fake model, driven over IPC: before each step it says so and waits to be told to go on. */
import { runWorker } from '../../../../harness/run/worker/subprocess.js';
import { fakeWorker } from '../../../support/fake-parts.js';

const say = (text: string) => process.send?.(text);
process.on('SIGTERM', () => say('SIGTERM seen'));
process.on('SIGUSR1', () => say('SIGUSR1 seen'));
process.on('SIGINT', () => say('SIGINT seen'));

await runWorker(
  fakeWorker({
    beforeStep: (step) =>
      new Promise((resolve) => {
        process.once('message', () => {
          resolve();
        });
        say(`step ${step}`);
      }),
  }),
);
