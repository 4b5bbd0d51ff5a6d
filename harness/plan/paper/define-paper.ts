/** A paper from what is its own: what it leaves out is the usual. */
import type { Paper } from './paper.js';

type Usual =
  | 'furtherTables'
  | 'folder'
  | 'axes'
  | 'problems'
  | 'analyses'
  | 'identity'
  | 'options'
  | 'checkOptions'
  | 'numerics'
  | 'loadModels'
  | 'sameSizeBaseline'
  | 'timeReference';

export type PaperDefinition = Omit<Paper, Usual> & Partial<Pick<Paper, Usual>>;

/**
 * Left out: the folder `experiments/<id>`, the axes of its systems, no numerical problems, no analyses, no options beyond those of every training, numbers of one version, speed-ups
 * that refer to a row.
 */
export function definePaper<Definition extends PaperDefinition>(definition: Definition): Definition & Paper {
  return {
    folder: `experiments/${definition.id}`,
    identity: { paper: definition.id },
    axes: Object.assign({}, ...definition.systems.map(({ axes }) => axes)) as Paper['axes'],
    problems: [],
    furtherTables: [],
    analyses: [],
    options: {},
    checkOptions: () => undefined,
    numerics: {
      newest: 1,
      versionOf: () => 1,
      namedIn: (_, options) => options,
      namedToday: (options) => options,
    },
    loadModels: async () => {
      await Promise.all(definition.systems.map((system) => system.load()));
    },
    sameSizeBaseline: () => null,
    timeReference: () => null,
    ...definition,
  };
}
