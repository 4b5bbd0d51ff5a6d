/** True in CI, where the long tests run too: kills by the dozen, Slurm, JAX, LaTeX, a browser. */
export const longTier = process.env['CI'] === 'true';
