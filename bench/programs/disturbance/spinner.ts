/** Another process on the machine: `node spinner.js <share>` keeps that share of one core busy, in bursts of 0.1 to 3 s, until it is killed. */
import { setTimeout as pause } from 'node:timers/promises';

const share = Number(process.argv[2]);
if (!(share > 0 && share <= 1))
  throw new Error(`A share of a core is above 0 and at most 1, not ${String(process.argv[2])}`);

/** Seconds. */
const bursts = { shortest: 0.1, longest: 3 } as const;

for (;;) {
  const seconds = bursts.shortest + Math.random() * (bursts.longest - bursts.shortest);
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end);
  await pause(1000 * seconds * (1 / share - 1));
}
