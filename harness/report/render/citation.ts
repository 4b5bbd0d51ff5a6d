/** How a paper is named in text, and cited in BibTeX. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inProject } from '../../core/project.js';
import type { Citation } from '../../plan/paper/paper.js';
import { latex as markup } from '../markup/latex.js';

const surname = (author: string): string => author.split(' ').at(-1) ?? author;

/** `Fok et al. (2018)`. */
export function shortCitation({ authors, year }: Pick<Citation, 'authors' | 'year'>): string {
  const [first = 'Anonymous', second, third] = authors;
  const who =
    third !== undefined
      ? `${surname(first)} et al.`
      : second === undefined
        ? surname(first)
        : `${surname(first)} and ${surname(second)}`;
  return `${who} (${year})`;
}

/** `fok2018decoupling`: surname, year, first word of the title that says something. */
export function citationKey({ authors, year, title }: Citation): string {
  const words = title.toLowerCase().match(/[a-z]{4,}/gu) ?? [];
  const letters = (text: string): string =>
    text
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z]/gu, '');
  return `${letters(surname(authors[0] ?? 'anonymous'))}${year}${words[0] ?? ''}`;
}

/** What this project is, for its own entry. */
export interface ProjectCitation {
  readonly title: string;
  readonly author: string;
  readonly version: string;
  readonly year: number;
}

const citationFile = z.looseObject({
  title: z.string(),
  version: z.string(),
  'date-released': z.iso.date(),
  authors: z.array(z.looseObject({ name: z.string() })).min(1),
});

/** As `CITATION.cff` has it. */
export function projectCitation(): ProjectCitation {
  const {
    title,
    version,
    authors: [author],
    ...file
  } = citationFile.parse(parse(readFileSync(inProject('CITATION.cff'), 'utf8')));
  return { title, version, author: author?.name ?? title, year: Number(file['date-released'].slice(0, 4)) };
}

const entry = (kind: string, key: string, fields: Readonly<Record<string, string>>): string =>
  `@${kind}{${key},\n${Object.entries(fields)
    .map(([name, value]) => `  ${name.padEnd(9)} = {${value}},`)
    .join('\n')}\n}\n`;

/** Capitals stay as they are. */
const exact = (text: string): string => `{${markup.text(text)}}`;

/** `references.bib`: the paper, and the project that made its tables again. */
export function bibtex(citation: Citation, project: ProjectCitation): string {
  const { title, authors, venue, year } = citation;
  return [
    entry('inproceedings', citationKey(citation), {
      title: exact(title),
      author: authors.map(markup.text).join(' and '),
      booktitle: markup.text(venue),
      year: String(year),
    }),
    entry('misc', project.title.replace(/[^\w-]/gu, ''), {
      title: exact(project.title),
      author: exact(project.author),
      year: String(project.year),
      note: markup.text(`Version ${project.version}. Software that makes the tables of papers again`),
    }),
  ].join('\n');
}
