/** The bundle's description after RO-Crate 1.2, with the profile Process Run Crate 0.5: which command made which files of which. */
import { readFileSync } from 'node:fs';
import { inProject } from '../../core/project.js';
import type { Citation } from '../../plan/paper/paper.js';
import type { Provenance } from '../provenance/provenance.js';

export interface CrateFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const specification = 'https://w3id.org/ro/crate/1.2';
const profile = 'https://w3id.org/ro/wfrun/process/0.5';
const licence = 'https://spdx.org/licenses/Apache-2.0';

const formats: readonly (readonly [RegExp, string, string])[] = [
  [/^index\.html$/u, 'text/html', 'The report'],
  [/^errors\.csv$/u, 'text/csv', 'Every evaluation of every training, one a row'],
  [/^timing\.csv$/u, 'text/csv', 'Every timed training step, one a row'],
  [/^operations\.csv$/u, 'text/csv', 'Every operation that was timed for projections, one a row'],
  [/^projections\.csv$/u, 'text/csv', 'Every projected speed-up and what it was made of, one a row'],
  [/^inputs\//u, 'application/json', 'What the tables are made from, beside the CSVs'],
  [/^runs\/.*\/log\.txt$/u, 'text/plain', 'Log of a run'],
  [/\.csv$/u, 'text/csv', 'Table or measurements'],
  [/\.md$/u, 'text/markdown', 'Table or text'],
  [/\.tex$/u, 'application/x-tex', 'Table'],
  [/\.bib$/u, 'application/x-bibtex', 'How to cite the paper and this project'],
  [/\.svg$/u, 'image/svg+xml', 'Figure'],
  [/\.pdf$/u, 'application/pdf', 'Figure'],
  [/\.json$/u, 'application/json', 'Record of a run or of the report'],
  [/\.jsonl$/u, 'application/jsonl', 'Record of a run'],
  [/\.ya?ml$/u, 'application/yaml', 'Configuration'],
  [/./u, 'text/plain', 'Text'],
];

function fileEntity({ name, bytes, sha256 }: CrateFile): object {
  const [, encodingFormat = 'text/plain', description = ''] = formats.find(([pattern]) => pattern.test(name)) ?? [];
  return {
    '@id': encodeURI(name),
    '@type': 'File',
    name,
    description,
    encodingFormat,
    contentSize: String(bytes),
    sha256,
  };
}

const reference = (id: string): object => ({ '@id': id });
const references = (files: readonly CrateFile[]): object[] => files.map(({ name }) => reference(encodeURI(name)));

/** What the command read: what was measured and how it was to be done. All else is what it made. */
const isInput = ({ name }: CrateFile): boolean => /^(runs|experiments)\//u.test(name);

const packageVersion = (): string =>
  (JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { version: string }).version;

/** Text of `ro-crate-metadata.json`. */
export function roCrate(files: readonly CrateFile[], provenance: Provenance, citation: Citation): string {
  const { finishedAt, startedAt, command, gitCommit, profile: runProfile } = provenance;
  const authors = citation.authors.map((name, index) => ({ '@id': `#author-${index + 1}`, '@type': 'Person', name }));
  const graph = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: reference(specification),
      about: reference('./'),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      conformsTo: reference(profile),
      name: `Reproduction of “${citation.title}”, profile ${runProfile}`,
      description:
        'Tables and figures of the paper made again, each number beside the printed one, with the measurements, configuration and logs behind them.',
      datePublished: finishedAt,
      license: reference(licence),
      hasPart: references(files),
      mentions: reference('#run'),
      isBasedOn: reference('#paper'),
    },
    { '@id': profile, '@type': ['CreativeWork', 'Profile'], name: 'Process Run Crate', version: '0.5' },
    {
      '@id': '#paper',
      '@type': 'ScholarlyArticle',
      name: citation.title,
      author: authors.map((author) => reference(author['@id'])),
      datePublished: String(citation.year),
    },
    ...authors,
    {
      '@id': '#software',
      '@type': 'SoftwareApplication',
      name: 'warpnet-tables',
      version: packageVersion(),
      softwareVersion: gitCommit ?? 'unknown',
      // The file that says what it is and how to cite it: part of every bundle.
      url: reference('CITATION.cff'),
      license: reference(licence),
    },
    {
      '@id': '#run',
      '@type': 'CreateAction',
      name: command.join(' '),
      description: 'Made the tables and the report from what was measured.',
      startTime: startedAt,
      endTime: finishedAt,
      actionStatus: reference('http://schema.org/CompletedActionStatus'),
      instrument: reference('#software'),
      object: references(files.filter(isInput)),
      result: references(files.filter((file) => !isInput(file))),
    },
    {
      '@id': licence,
      '@type': 'CreativeWork',
      name: 'Apache License 2.0',
      description: 'A permissive licence with a grant of patent rights.',
    },
    ...files.map(fileEntity),
  ];
  return `${JSON.stringify({ '@context': `${specification}/context`, '@graph': graph }, null, 1)}\n`;
}
