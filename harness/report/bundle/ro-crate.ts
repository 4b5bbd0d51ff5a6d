/** The bundle's description after RO-Crate 1.1. */
import type { Provenance } from '../provenance/provenance.js';
import type { Citation } from '../../plan/paper/paper.js';

export interface CrateFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

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
  [/\.svg$/u, 'image/svg+xml', 'Figure'],
  [/\.json$/u, 'application/json', 'Record of a run or of the report'],
  [/\.jsonl$/u, 'application/jsonl', 'Record of a run'],
  [/\.ya?ml$/u, 'application/yaml', 'Configuration'],
  [/./u, 'text/plain', 'Text'],
];

function fileEntity({ name, bytes, sha256 }: CrateFile): object {
  const [, encodingFormat = 'text/plain', description = ''] = formats.find(([pattern]) => pattern.test(name)) ?? [];
  return { '@id': name, '@type': 'File', name, description, encodingFormat, contentSize: String(bytes), sha256 };
}

/** Text of `ro-crate-metadata.json`. */
export function roCrate(files: readonly CrateFile[], provenance: Provenance, citation: Citation): string {
  const reference = (id: string): object => ({ '@id': id });
  const { finishedAt, startedAt, command, gitCommit, profile } = provenance;
  const graph = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: reference('https://w3id.org/ro/crate/1.1'),
      about: reference('./'),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name: `Reproduction of “${citation.title}”, profile ${profile}`,
      description:
        'Tables and figures of the paper made again, each number beside the printed one, with the measurements, configuration and logs behind them.',
      datePublished: finishedAt,
      license: reference('https://spdx.org/licenses/Apache-2.0'),
      hasPart: files.map(({ name }) => reference(name)),
      mentions: reference('#run'),
      isBasedOn: reference('#paper'),
    },
    {
      '@id': '#paper',
      '@type': 'ScholarlyArticle',
      name: citation.title,
      author: citation.authors.map((name) => ({ '@type': 'Person', name })),
    },
    {
      '@id': '#software',
      '@type': 'SoftwareApplication',
      name: 'warpnet-tables',
      version: gitCommit ?? 'unknown',
    },
    {
      '@id': '#run',
      '@type': 'CreateAction',
      name: command.join(' '),
      startTime: startedAt,
      endTime: finishedAt,
      instrument: reference('#software'),
      result: reference('./'),
    },
    { '@id': 'https://spdx.org/licenses/Apache-2.0', '@type': 'CreativeWork', name: 'Apache License 2.0' },
    ...files.map(fileEntity),
  ];
  return `${JSON.stringify({ '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph }, null, 1)}\n`;
}
