/** `report --verify`: checks a bundle's checksums, makes its tables again from its CSVs, and compares. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { readBytes } from '../../core/files/read-file.js';
import { Problem } from '../../core/problem.js';
import type { Papers } from '../../plan/paper/papers.js';
import type { SizeOf } from '../../plan/step-size.js';
import type { ReportedPaper } from '../paper.js';
import { standardsOf, tableFiles, tablesFrom } from '../render-report.js';
import { invalid, readInputs } from './inputs.js';
import { checksumFile } from './write.js';

export interface Finding {
  readonly file: string;
  /** One sentence. */
  readonly problem: string;
}

export interface Verification {
  /** Files whose checksum was compared. */
  readonly checksums: number;
  /** Files that were made again. */
  readonly remade: number;
  /** Empty: the bundle is whole and its tables follow from its CSVs. */
  readonly findings: readonly Finding[];
}

/** Far more than a report of thousands of runs; refuses a zip that would fill the memory. */
const mostBytes = 2 ** 30;

/** Files of a bundle by name. @throws Problem BUNDLE_INVALID, BUNDLE_MISSING */
export function readBundle(path: string): Map<string, Uint8Array> {
  let content: Uint8Array;
  try {
    content = readBytes(path, { limit: mostBytes });
  } catch (error) {
    if (existsSync(path)) throw error;
    throw new Problem(
      'BUNDLE_MISSING',
      `There is no file ${path}`,
      'Give the path of a zip made by `report --bundle`.',
    );
  }
  let total = 0;
  try {
    const filter = ({ originalSize }: { originalSize: number }): boolean => (total += originalSize) <= mostBytes;
    const files = unzipSync(content, { filter });
    if (total > mostBytes) throw invalid('it unpacks to more than 1 GiB');
    return new Map(Object.entries(files));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw invalid('it is not a zip');
  }
}

function checkSums(files: ReadonlyMap<string, Uint8Array>): { count: number; findings: Finding[] } {
  const list = files.get(checksumFile);
  if (!list) throw invalid(`${checksumFile} is missing`);
  const findings: Finding[] = [];
  const listed = new Set<string>([checksumFile]);
  for (const line of strFromU8(list)
    .split('\n')
    .filter((text) => text !== '')) {
    const [, sum = '', name = ''] = /^([0-9a-f]{64}) {2}(.+)$/u.exec(line) ?? [];
    listed.add(name);
    const content = files.get(name);
    if (!content) findings.push({ file: name || line, problem: 'It is listed and not there.' });
    else if (createHash('sha256').update(content).digest('hex') !== sum)
      findings.push({ file: name, problem: 'Its content is not what the checksum says.' });
  }
  for (const name of files.keys())
    if (!listed.has(name)) findings.push({ file: name, problem: 'It is there and not listed.' });
  return { count: listed.size - 1, findings };
}

/** Where two texts first part. */
function firstDifference(expected: string, found: string): string {
  const [a, b] = [expected.split('\n'), found.split('\n')];
  const line = a.findIndex((text, index) => text !== b[index]);
  const at = line < 0 ? a.length : line;
  const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : `"${text.slice(0, 120)}"`);
  return `Line ${at + 1} is ${shown(b[at])}; from the CSVs it is ${shown(a[at])}.`;
}

/** @param sizeOf whose papers' models are loaded @throws Problem where the file is no bundle at all; everything else is a finding. */
export function verifyBundle(path: string, papers: Papers<ReportedPaper>, sizeOf: SizeOf): Verification {
  const files = readBundle(path);
  const sums = checkSums(files);
  const textOf = (name: string): string | undefined => {
    const content = files.get(name);
    return content && strFromU8(content);
  };
  const inputs = readInputs(textOf, papers, sizeOf);
  const standards = standardsOf(inputs.paper, (file) => {
    const text = textOf(file);
    if (text === undefined) throw invalid(`${file} is missing`);
    return text;
  });
  const remade = tableFiles(tablesFrom(inputs, standards).models, inputs.paper);
  const findings = [...remade].flatMap(([name, expected]): Finding[] => {
    const found = textOf(name);
    if (found === undefined) return [{ file: name, problem: 'The CSVs make this table and it is not there.' }];
    return found === expected ? [] : [{ file: name, problem: firstDifference(expected, found) }];
  });
  return { checksums: sums.count, remade: remade.size, findings: [...sums.findings, ...findings] };
}

/** For the terminal. */
export function verificationText({ checksums, remade, findings }: Verification): string {
  const head = `${checksums} checksums compared, ${remade} files made again from the CSVs: `;
  if (findings.length === 0) return `${head}all as they should be.\n`;
  const lines = findings.map(({ file, problem }) => `  ${file}: ${problem}`);
  return `${head}${findings.length} ${findings.length === 1 ? 'problem' : 'problems'}.\n${lines.join('\n')}\n`;
}
