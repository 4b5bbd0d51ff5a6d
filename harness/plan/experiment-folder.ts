/** A paper's folder: its tables, protocols and profiles by name, each file read once. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Problem, type Place } from '../core/problem.js';
import { inProject } from '../core/project.js';
import { datasetNames } from './dataset-facts.js';
import { paperFile, type Paper } from './paper/paper.js';
import { loadMatrix, type Matrix } from './matrix/matrix.js';
import { allowedNames } from './yaml/nearest.js';
import { derivedProfileSchema, fullProfileSchema, type Profile } from './profile/profile-file.js';
import { changed, derivedProtocolSchema, fullProtocolSchema, refuseEqualNames } from './profile/protocol-file.js';
import type { Protocol } from './profile/protocol.js';
import { parseWith } from './yaml/schema-problem.js';
import type { YamlDocument } from './yaml/yaml-document.js';
import { readYamlFile } from './yaml/yaml-file.js';

const usual = 'experiments/defaults';

export class ExperimentFolder {
  private readonly protocols = new Map<string, Protocol>();
  private readonly profiles = new Map<string, Profile>();
  private readonly matrices = new Map<string, Matrix>();
  /** Files that are being read, for `like` that goes in a circle. */
  private readonly reading = new Set<string>();

  constructor(
    readonly paper: Paper,
    readonly folder: string = paperFile(paper),
  ) {}

  readonly protocolNames = (): string[] => namesIn(this.within('protocols'));
  readonly profileNames = (): string[] => namesIn(this.within('profiles'));
  readonly matrixNames = (): string[] => namesIn(this.within('tables'));

  /** A paper that has no protocols or no profiles takes the usual ones. */
  private within(folder: 'protocols' | 'profiles' | 'tables'): string {
    const own = join(this.folder, folder);
    return folder === 'tables' || existsSync(own) ? own : inProject(usual, folder);
  }

  /** `paper`, `released-code` …: a file of `protocols/`. @throws Problem PROTOCOL_UNKNOWN */
  protocol(name: string, place?: Place): Protocol {
    return once(this.protocols, name, () => {
      const file = this.file('protocols', name, 'PROTOCOL_UNKNOWN', 'protocol', this.protocolNames(), place);
      const document = readYamlFile(file);
      if (!isDerived(document)) return parseWith(fullProtocolSchema(this.paper), document);
      const { like, set, name: title } = parseWith(derivedProtocolSchema(this.paper), document);
      const likePlace = document.place(['like']);
      return changed(
        this.following(file, likePlace, () => this.protocol(like, likePlace)),
        set,
        title,
      );
    });
  }

  /** `quick`, `paper`, `auto`: a file of `profiles/`. @throws Problem PROFILE_UNKNOWN */
  profile(name: string, place?: Place): Profile {
    return once(this.profiles, name, () => {
      const file = this.file('profiles', name, 'PROFILE_UNKNOWN', 'profile', this.profileNames(), place);
      const document = readYamlFile(file);
      const profile = this.readProfile(document, file);
      checkTraining(this.paper, profile, document);
      for (const kind of ['error', 'speedUp'] as const) {
        const place = (index: number): Place => document.place(['protocols', kind, index]);
        refuseEqualNames(
          profile.protocols[kind].map((protocol, index) => this.protocol(protocol, place(index))),
          place,
        );
      }
      return profile;
    });
  }

  private readProfile(document: YamlDocument, file: string): Profile {
    if (!isDerived(document)) return parseWith(fullProfileSchema(this.paper), document);
    const { like, ...sections } = parseWith(derivedProfileSchema(this.paper), document);
    const set = Object.fromEntries(Object.entries(sections).filter(([, value]) => value !== undefined));
    const place = document.place(['like']);
    return { ...this.following(file, place, () => this.profile(like, place)), ...set };
  }

  /** A table by name. @throws Problem TABLE_UNKNOWN, and those of `loadMatrix` */
  matrix(name: string, place?: Place): Matrix {
    return this.matrixAt(this.file('tables', name, 'TABLE_UNKNOWN', 'table', this.matrixNames(), place));
  }

  /** A matrix file anywhere. @throws Problem of `readYamlFile` and `loadMatrix` */
  matrixAt(path: string): Matrix {
    const file = resolve(path);
    return once(this.matrices, file, () => loadMatrix(this.paper, readYamlFile(file), this));
  }

  /** Reads what `like` names. @throws Problem LIKE_CIRCULAR */
  private following<Value>(file: string, place: Place, read: () => Value): Value {
    if (this.reading.has(file)) throw new Problem('LIKE_CIRCULAR', 'This file is like itself', undefined, place);
    this.reading.add(file);
    try {
      return read();
    } finally {
      this.reading.delete(file);
    }
  }

  private file(
    folder: 'protocols' | 'profiles' | 'tables',
    name: string,
    code: string,
    kind: string,
    known: string[],
    place?: Place,
  ): string {
    const file = join(this.within(folder), `${name}.yaml`);
    if (known.includes(name) && existsSync(file)) return file;
    throw new Problem(code, `There is no ${kind} "${name}"`, allowedNames(name, known, `Known ${kind}s`), place);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => basename(name, '.yaml'))
      .sort();
  } catch {
    return [];
  }
}

const isDerived = ({ content }: YamlDocument): boolean =>
  typeof content === 'object' && content !== null && Object.hasOwn(content, 'like');

/** Every data set needs a rule that fits whatever the network. */
function checkTraining(paper: Paper, { training }: Profile, document: YamlDocument): void {
  for (const dataset of datasetNames) {
    const general = training.some(
      ({ dataset: of, ...rule }) =>
        ['network', ...Object.keys(paper.axes)].every((condition) => !Object.hasOwn(rule, condition)) &&
        (of === undefined || of === dataset || (Array.isArray(of) && of.includes(dataset))),
    );
    if (!general)
      throw new Problem(
        'TRAINING_MISSING',
        `No training is for every network on ${dataset}`,
        'Add a rule with no condition, or with dataset alone.',
        document.place(['training'], 'key'),
      );
  }
}

function once<Value>(cache: Map<string, Value>, key: string, read: () => Value): Value {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = read();
  cache.set(key, value);
  return value;
}
