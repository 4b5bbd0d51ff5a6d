/** For open-libraries.mjs: asks TensorFlow for a session on all devices; with `first`, NVIDIA's libraries are opened before. */
/** @param {string} file of the built program */
const built = (file) => import(new URL(`../../dist/harness/${file}`, import.meta.url).href);
const { loadTensorFlow } = await built('engine/native/c-api.js');
const { openGpuLibraries } = await built('engine/native/gpu-libraries.js');
const { requireNativeLibrary } = await built('setup/native-library.js');

const library = requireNativeLibrary();
if (process.argv[2] === 'first') {
  const begin = performance.now();
  const refused = openGpuLibraries(library.folder);
  const milliseconds = Math.round(performance.now() - begin);
  process.stdout.write(`opened in ${milliseconds} ms, refused: ${JSON.stringify(refused)}\n`);
}
const { call } = loadTensorFlow(library);
call.TF_NewSession(call.TF_NewGraph(), call.TF_NewSessionOptions(), call.TF_NewStatus());
process.exit(0);
