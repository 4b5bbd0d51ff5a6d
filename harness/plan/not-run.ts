/** Why a place of a table has no number: a code with its facts, and the sentence that a reader gets. */
import { datasetFacts, type DatasetName } from './dataset-facts.js';

/** What a place would need: a training (`error`), a comparison of step times (`speed-up`), a projection of one, trials of a numerical problem (`success`), measurements of weights (`analysis`). */
export type Work = 'error' | 'speed-up' | 'projection' | 'success' | 'analysis';

export type Absence =
  /** The paper quotes the number. */
  | { readonly code: 'CITED'; readonly remark: string }
  /** By the matrix. */
  | { readonly code: 'EXCLUDED'; readonly remark: string }
  /** The table does not show this quantity. */
  | { readonly code: 'NOT_IN_TABLE'; readonly work: Work }
  /** The profile does not train this row. */
  | { readonly code: 'NOT_IN_PROFILE'; readonly remark: string }
  /** The profile has other protocols for this. */
  | {
      readonly code: 'OTHER_PROTOCOLS';
      readonly profile: string;
      readonly work: Work;
      readonly protocols: readonly string[];
    }
  | { readonly code: 'DATA_MISSING'; readonly dataset: DatasetName; readonly remark: string }
  | { readonly code: 'IMAGES_TOO_FEW'; readonly dataset: DatasetName; readonly wanted: number; readonly there: number }
  | {
      readonly code: 'DEVICES_TOO_FEW';
      readonly layout: string;
      readonly needed: number;
      readonly there: number;
      /** The device selection, or the engine that uses one device. */
      readonly limit: { readonly devices: string } | { readonly engine: string };
    }
  /** The profile times smaller batches only. */
  | { readonly code: 'BATCH_PROJECTED'; readonly profile: string; readonly batch: number }
  | { readonly code: 'MEMORY_TOO_SMALL'; readonly row: string; readonly memoryBytes: number }
  | { readonly code: 'OPERATIONS_TOO_LARGE' }
  /** A baseline with nothing to compare. */
  | { readonly code: 'NO_COMPARISON' }
  /** An engine that times no operations. */
  | { readonly code: 'NO_PROFILE'; readonly engine: string };

export type NotRun = Absence & { readonly skipped: true };

export const notRun = (absence: Absence): NotRun => ({ ...absence, skipped: true });

const verbs: Readonly<Record<Work, string>> = {
  error: 'trains',
  'speed-up': 'times',
  projection: 'projects',
  success: 'tries',
  analysis: 'analyses',
};
const titles: Readonly<Record<Work, string>> = {
  error: 'errors',
  'speed-up': 'speed-ups',
  projection: 'projections',
  success: 'success rates',
  analysis: 'analyses of weights',
};

/** One sentence for a footnote. */
export function absenceSentence(absence: Absence): string {
  switch (absence.code) {
    case 'CITED':
    case 'EXCLUDED':
    case 'NOT_IN_PROFILE':
      return absence.remark;
    case 'NOT_IN_TABLE':
      return `This table shows no ${titles[absence.work]}.`;
    case 'OTHER_PROTOCOLS': {
      const verb = verbs[absence.work];
      return `The profile ${absence.profile} ${verb} under ${absence.protocols.join(' and ')} only; --protocol ${verb} under others.`;
    }
    case 'DATA_MISSING':
      return `${datasetFacts[absence.dataset].title} is not here: ${absence.remark}`;
    case 'IMAGES_TOO_FEW':
      return `${datasetFacts[absence.dataset].title} is asked for with ${absence.wanted} training images, and is here with ${absence.there}.`;
    case 'DEVICES_TOO_FEW': {
      const here =
        'devices' in absence.limit
          ? `${absence.limit.devices} has ${absence.there}`
          : `the engine ${absence.limit.engine} uses ${absence.there}`;
      return `${absence.layout} needs ${absence.needed} devices; ${here}.`;
    }
    case 'BATCH_PROJECTED':
      return `Steps of ${absence.batch} images are projected under the profile ${absence.profile}, not timed.`;
    case 'MEMORY_TOO_SMALL':
      return `Timing ${absence.row} beside its baseline takes more memory than there is (${Math.round(absence.memoryBytes / 1e9)} GB).`;
    case 'OPERATIONS_TOO_LARGE':
      return 'Its operations take more memory than there is, so that nothing is projected.';
    case 'NO_COMPARISON':
      return 'No row that is compared with this one can be timed on these devices.';
    case 'NO_PROFILE':
      return `The engine ${absence.engine} cannot time single operations to project it from.`;
  }
}
