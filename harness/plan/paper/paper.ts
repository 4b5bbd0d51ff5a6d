/** What the program knows of a paper before anything has run. `experiments/<id>/index.ts` makes one. */
import { Problem } from '../../core/problem.js';
import { inProject } from '../../core/project.js';
import {
  networkOf,
  type Axes,
  type Axis,
  type Network,
  type Placement,
  type Specification,
  type System,
} from './network.js';
import type { Analysis } from './analysis.js';
import type { NumericalProblem } from './numerical-problem.js';
import type { PrintedNumbers } from './printed.js';
import type { OptionQuestion, OptionSchema } from './protocol-option.js';
import type { ProtocolOptions } from './protocol-options.js';
import type { RowFacts } from './row-facts.js';

export interface Citation {
  readonly title: string;
  readonly authors: readonly string[];
  readonly venue: string;
  readonly year: number;
}

/** Versions of what jobs compute: raised by hand where results change, and only for the jobs that it changes. */
export interface Numerics {
  /** A golden test fails when losses move without it. */
  readonly newest: number;
  /** Of a job, from the options that decide it. */
  versionOf(of: OptionQuestion['of'], deciding: ProtocolOptions): number;
  /** Options under the names that they had in that version, so that what was measured then is found. */
  namedIn(version: number, options: ProtocolOptions): ProtocolOptions;
  /** Options of a stored job under today's names, should it be of that older version. */
  namedToday(options: ProtocolOptions): ProtocolOptions;
}

export interface Paper {
  /** `[a-z0-9-]+` */
  readonly id: string;
  /** Where its tables, protocols and profiles are, from the project's root. */
  readonly folder: string;
  readonly citation: Citation;
  /** What the identity of its jobs holds beside what the kind of job says; empty for the first paper, whose runs are older than papers' names. */
  readonly identity: Readonly<Record<string, string>>;
  readonly systems: readonly AnySystem[];
  /** What chooses a network; those of problems are the problems' own. */
  readonly axes: Readonly<Record<string, Axis>>;
  /** What it tries from many seeded starts. */
  readonly problems: readonly NumericalProblem[];
  /** What it measures of its networks' weights beside errors and step times. */
  readonly analyses: readonly Analysis[];
  readonly options: OptionSchema;
  /** @throws Problem OPTION_INVALID for options that exclude each other */
  checkOptions(options: ProtocolOptions): void;
  /** Which version of the numbers jobs have. */
  readonly numerics: Numerics;
  /** Its tables in the order in which they are made; others of its folder are made when they are named. */
  readonly tables: readonly string[];
  /** Tables that go beyond what it prints: they are made where everything of all papers is asked for. */
  readonly furtherTables: readonly string[];
  /** Read at the first call. */
  printed(): PrintedNumbers;
  /** Imports what builds networks, tfjs with it: before any `Layout.build`. */
  loadModels(): Promise<void>;
  /** The network and layout that a relative speed-up refers to where the matrix says `same-size`; null where there is none. */
  sameSizeBaseline(row: RowFacts): { readonly row: RowFacts; readonly layout: string } | null;
  /** The network whose training time a row's is compared with, of which a share is saved; null where there is none. */
  timeReference(row: RowFacts): RowFacts | null;
}

/** A system with its type of specification shut in. */
export interface AnySystem {
  readonly name: string;
  readonly family: string;
  /** The axes that choose one of its networks, where the system says so. */
  readonly axes?: Readonly<Record<string, Axis>>;
  /** @throws Problem SPECIFICATION_INVALID for axes that name none of its networks */
  network(axes: Axes, classes: number): Network;
  /** Imports what builds its networks. */
  load(): Promise<void>;
  /** @throws Problem SPECIFICATION_INVALID */
  stored(specification: unknown): Network;
  printedLayout(axes: Axes): string;
}

export function systemOf<Spec extends Specification, Place extends Placement>(system: System<Spec, Place>): AnySystem {
  // Equal rows of many tables and protocols share a network.
  const known = new Map<string, Network>();
  const ofAxes = new WeakMap<Axes, Map<number, Network>>();
  return {
    name: system.name,
    family: system.family,
    load: () => system.load(),
    network: (axes, classes) => {
      let byClasses = ofAxes.get(axes);
      if (byClasses === undefined) ofAxes.set(axes, (byClasses = new Map<number, Network>()));
      const before = byClasses.get(classes);
      if (before !== undefined) return before;
      let key = String(classes);
      for (const [axis, value] of Object.entries(axes)) key += ` ${axis} ${value}`;
      const network = known.get(key) ?? networkOf(system, system.parse(system.specify(axes, classes)));
      known.set(key, network);
      byClasses.set(classes, network);
      return network;
    },
    stored: (specification) => networkOf(system, system.parse(specification)),
    printedLayout: (axes) => system.printedLayout(axes),
  };
}

/** The paper's system of that name. Matrices are checked before they come here. */
export function systemNamed(paper: Paper, name: string): AnySystem {
  const system = paper.systems.find((candidate) => candidate.name === name);
  if (system === undefined) throw new Error(`Internal error: ${paper.id} has no system ${name}`);
  return system;
}

/** The paper's problem of that name. @throws Problem PROBLEM_UNKNOWN */
export function problemNamed(paper: Paper, name: string): NumericalProblem {
  const problem = paper.problems.find((candidate) => candidate.name === name);
  if (problem === undefined) throw new Problem('PROBLEM_UNKNOWN', `${paper.id} has no numerical problem "${name}"`);
  return problem;
}

/** The paper's analysis of that name. @throws Problem ANALYSIS_UNKNOWN */
export function analysisNamed(paper: Paper, name: string): Analysis {
  const analysis = paper.analyses.find((candidate) => candidate.name === name);
  if (analysis === undefined) throw new Problem('ANALYSIS_UNKNOWN', `${paper.id} has no analysis "${name}"`);
  return analysis;
}

/** The axes of networks and of problems: what rows and conditions may name. */
export const allAxes = (paper: Paper): Readonly<Record<string, Axis>> =>
  Object.assign({}, paper.axes, ...paper.problems.map(({ axes }) => axes)) as Paper['axes'];

/** A network as a job stores it. @throws Problem SPECIFICATION_INVALID */
export function storedNetwork(paper: Paper, specification: unknown): Network {
  const family =
    typeof specification === 'object' && specification !== null && 'family' in specification
      ? specification.family
      : undefined;
  const system = paper.systems.find((candidate) => candidate.family === family);
  if (system === undefined)
    throw new Problem('SPECIFICATION_INVALID', `${paper.id} has no networks of the family "${String(family)}"`);
  return system.stored(specification);
}

/** A file of the paper's folder. */
export const paperFile = (paper: Pick<Paper, 'folder'>, ...parts: string[]): string =>
  inProject(paper.folder, ...parts);
