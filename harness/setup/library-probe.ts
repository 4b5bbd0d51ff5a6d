/**
 * A process of its own that loads TensorFlow's library and prints its version: a broken library can end the process that loads it.
 * Started by `probeLibrary` with the library's path.
 */
import koffi from 'koffi';
import { openForGood } from './shared-library.js';

const path = process.argv[2] ?? '';
const complaint = openForGood(path);
if (complaint !== undefined) throw new Error(complaint);
process.stdout.write(`${String(koffi.load(path).func('const char *TF_Version()')())}\n`);
