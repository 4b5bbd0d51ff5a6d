/** What the package `@tensorflow/tfjs` registers and these tests need: gradients and chained ops. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
