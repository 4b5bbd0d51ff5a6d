/**
 * A measured program that computes nothing: `node fake-program.mjs MILLISECONDS LOSS [WHAT STEP]`. Its steps take as long
 * as it is told to say; at step STEP it does WHAT: `crash`, `garbage` or `nan`.
 */
import { createInterface } from 'node:readline';

const [milliseconds, loss, what, at] = process.argv.slice(2);
/** @param {object} value */
const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

process.stdout.write('a library announces itself\n');
if (what === 'no start') {
  process.stderr.write('first\nNo module named torch\n');
  process.exit(1);
}
answer({ parameters: 100 });
let step = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'step') break;
  step += 1;
  if (step === Number(at) && what === 'crash') {
    process.stderr.write('out of memory\n');
    process.exit(9);
  }
  if (step === Number(at) && what === 'garbage') answer({ hello: 1 });
  else
    answer({ milliseconds: Number(milliseconds), loss: what === 'nan' && step === Number(at) ? null : Number(loss) });
}
answer({ peakMemoryBytes: 1000 * Number(milliseconds) });
