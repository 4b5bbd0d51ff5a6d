/**
 * A process of its own that loads TensorFlow's library and prints its version: a broken library can end the process that loads it.
 * Started by `probeLibrary` with the library's path.
 */
import koffi from 'koffi';

const path = process.argv[2] ?? '';
// Never unloaded again: koffi closes what it opened at exit, and TensorFlow's threads do not survive that.
const keepLoaded = 0x1002;
koffi.load('libdl.so.2').func('void *dlopen(const char *, int)')(path, keepLoaded);
process.stdout.write(`${String(koffi.load(path).func('const char *TF_Version()')())}\n`);
