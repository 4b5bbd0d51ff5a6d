/** How large steps are: from what earlier calls counted, and traced where that lacks one. */
import { canonicalJson } from '../plan/canonical-json.js';
import type { Layout } from '../plan/paper/layout.js';
import type { Network } from '../plan/paper/network.js';
import type { Paper } from '../plan/paper/paper.js';
import type { ProtocolOptions } from '../plan/paper/protocol-options.js';
import type { SizeOf } from '../plan/step-size.js';
import { stepCountsFile } from './kept/step-counts-file.js';
import { sizeAt, type StepCounts } from './step-counts.js';

type Trace = (network: Network, options: ProtocolOptions, layout?: Layout) => StepCounts;

/** A size was asked for that takes the models, which are not loaded. */
class SizeUnknown extends Error {
  constructor({ title }: Network) {
    super(`Internal error: nobody knows how large a step of ${title} is`);
  }
}

/** What has been counted of one paper's networks. */
interface Known {
  readonly paper: Paper | undefined;
  readonly counts: Map<string, StepCounts>;
  /** Not on disk yet. */
  readonly fresh: Map<string, StepCounts>;
}

export class StepSizes {
  #trace: Trace | undefined;
  readonly #known = new Map<string, Known>();
  /** Thousands of jobs ask the same. */
  readonly #answers = new WeakMap<ProtocolOptions, Map<string, StepCounts>>();

  constructor(
    /** Whose networks are asked after. */
    private readonly papers: readonly Paper[],
    /** Folder of the counts; null keeps none. */
    private readonly folder: string | null,
  ) {}

  /** Of what an `answer` asked for; of anything once the models are loaded. */
  readonly sizeOf: SizeOf = (network, options, batch, layout) => {
    let ofOptions = this.#answers.get(options);
    if (ofOptions === undefined) this.#answers.set(options, (ofOptions = new Map<string, StepCounts>()));
    const short = network.shortened(1);
    const key = layout === undefined ? short.key : `${short.key} ${layout.text}`;
    let counts = ofOptions.get(key);
    if (counts === undefined) ofOptions.set(key, (counts = this.#countsOf(network, key, options, layout)));
    return sizeAt(counts, network.repetitions, batch);
  };

  /** What `ask` gives, which may be called a second time: where it asks after a step that nobody has counted, the models are loaded. */
  async answer<T>(ask: () => T): Promise<T> {
    const answer = await this.#answered(ask);
    this.#keep();
    return answer;
  }

  async #answered<T>(ask: () => T): Promise<T> {
    try {
      return ask();
    } catch (error) {
      if (!(error instanceof SizeUnknown)) throw error;
    }
    await this.loadModels();
    return ask();
  }

  async loadModels(): Promise<void> {
    const [{ traceStepCounts }] = await Promise.all([
      import('./step-size.js'),
      ...this.papers.map((paper) => paper.loadModels()),
    ]);
    this.#trace = traceStepCounts;
  }

  #countsOf(network: Network, key: string, options: ProtocolOptions, layout?: Layout): StepCounts {
    const { paper, counts, fresh } = this.#ofFamily(network.specification.family);
    const question = canonicalJson({ network: key, options: { ...options, name: '' } });
    const known = counts.get(question);
    if (known !== undefined) return known;
    if (this.#trace === undefined) throw new SizeUnknown(network);
    const traced = this.#trace(network, options, layout);
    counts.set(question, traced);
    if (paper !== undefined) fresh.set(question, traced);
    return traced;
  }

  /** A family that two papers have may be built in two ways: nothing is kept of it. */
  #ofFamily(family: string): Known {
    const owners = this.papers.filter(({ systems }) => systems.some((system) => system.family === family));
    const [paper] = owners.length === 1 ? owners : [];
    const name = paper?.id ?? ` ${family}`;
    let known = this.#known.get(name);
    if (known === undefined) {
      const stored = paper === undefined ? [] : stepCountsFile(this.folder, paper).read();
      this.#known.set(name, (known = { paper, counts: new Map(stored), fresh: new Map() }));
    }
    return known;
  }

  #keep(): void {
    for (const { paper, fresh } of this.#known.values()) {
      if (paper === undefined || fresh.size === 0) continue;
      stepCountsFile(this.folder, paper).add(fresh);
      fresh.clear();
    }
  }
}
