/**
 * What a paper's numbers would be on hardware like the authors', after a model of it that was fitted to some of them. A
 * paper brings one as a stored file, so that a report needs no command to be run before it.
 */
import { readFileSync } from 'node:fs';
import { inProject } from '../../core/project.js';
import type { RowId } from '../../plan/paper/printed.js';
import type { Protocol } from '../../plan/profile/protocol.js';
import type { Hardware, MetricId } from '../evaluate/quantity.js';
import type { Interval } from '../../core/statistics.js';

/** One way to understand the paper, under which the model gives its numbers. */
export interface Reading {
  readonly id: string;
  /** `released code, moments BN`. */
  readonly title: string;
  /** What it is a reading of, after "agree with": `the released code`, `the text`. */
  readonly of: string;
}

export interface Prediction {
  /** In the metric's unit. */
  readonly value: number;
  /** 95 %, over the fitted parameters; what was assumed beside them is not in it. */
  readonly interval: Interval;
  /** Whether the printed number is one of those that the parameters were fitted to. */
  readonly fitted: boolean;
}

export interface HardwareModel {
  readonly metric: MetricId;
  /** What it is a model of: `Tesla P100 SXM2`. */
  readonly hardware: Hardware;
  /** In a sentence: `P100-like cards`. */
  readonly cards: string;
  /** What was fitted to what, and when: after "modelled by". */
  readonly provenance: string;
  /** The command that fits it again. */
  readonly command: string;
  readonly readings: readonly Reading[];
  /** Id of the reading that a protocol is; null for one that the model does not have. */
  readonly readingOf: (protocol: Protocol) => string | null;
  /** Null where it says nothing of the printed row. */
  readonly predict: (reading: string, row: RowId) => Prediction | null;
}

/** A hardware model as a paper brings it: its file, from the project's root, and how that is read. */
export interface StoredHardwareModel {
  readonly file: string;
  readonly read: (text: string) => HardwareModel;
}

/** Read once a text: reports of several profiles share it. */
const known = new Map<string, HardwareModel>();

/** @param textOf gives a file of the project, or of a bundle */
export function readHardwareModel(
  stored: StoredHardwareModel | null,
  textOf: (file: string) => string = (file) => readFileSync(inProject(file), 'utf8'),
): HardwareModel | null {
  if (stored === null) return null;
  const text = textOf(stored.file);
  const model = known.get(text) ?? stored.read(text);
  known.set(text, model);
  return model;
}
