#!/usr/bin/env node
/** The subprocess of one check of `gpu-check`, with the networks of `experiments/`: `node bootstrap/gpu-check.mjs CHECK DEVICES [tf32]`. */
import { built } from './project.mjs';

const [{ papers }, { runCheck }] = await Promise.all([
  built('experiments', 'index.js'),
  built('harness', 'gpu-check', 'subprocess.js'),
]);
await runCheck(papers, process.argv.slice(2));
