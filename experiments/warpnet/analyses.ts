/** What is measured of a WRN's weights for the questions of the review: by name, for matrices. Light: what measures is imported when a job runs. */
import type { Analysis } from '../../harness/plan/paper/analysis.js';

/** Paths of each length whose gradients are measured, and the seed that draws them. */
const paths = { perLength: 2, seed: 1 };

export const analyses: readonly Analysis[] = [
  {
    name: 'remainder',
    describes: 'what Theorem 1 leaves of the step through K units, for every reading of the derivative',
    load: async () => {
      const [{ compileMeasurement }, { remainders }] = await Promise.all([
        import('./model/expansion/measured-values.js'),
        import('./model/expansion/remainder.js'),
      ]);
      return (network) => compileMeasurement(network, 'remainder', (pass, chain) => remainders(pass.operations, chain));
    },
  },
  {
    name: 'paths',
    describes: 'the norm of the gradient along paths of each length',
    load: async () => {
      const [{ compileMeasurement }, { pathGradients }, { drawPaths }] = await Promise.all([
        import('./model/expansion/measured-values.js'),
        import('./model/expansion/path-gradients.js'),
        import('./model/expansion/paths.js'),
      ]);
      return (network) =>
        compileMeasurement(network, 'paths', (_, chain, labels) => {
          const units = chain.stages.reduce((sum, stage) => sum + stage.units.length, 0);
          return pathGradients(chain, labels, drawPaths(units, paths.perLength, paths.seed));
        });
    },
  },
  {
    name: 'descent',
    describes: 'how large each branch is against its input, and its cosine with the gradient of the loss',
    load: async () => {
      const [{ compileMeasurement }, { descents }] = await Promise.all([
        import('./model/expansion/measured-values.js'),
        import('./model/expansion/descent.js'),
      ]);
      return (network) => compileMeasurement(network, 'descent', (_, chain, labels) => descents(chain, labels));
    },
  },
  {
    name: 'angles',
    describes: 'the angle between the gradients of a WRN and of its warped versions with the same weights',
    load: async () => (await import('./model/expansion/gradient-angles.js')).compileGradientAngles,
  },
];
