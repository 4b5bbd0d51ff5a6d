/** Whether a text that is for every paper names one: its id, systems, axes, tables or claims. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} PaperNames
 * @property {string[]} ids
 * @property {string[]} systems
 * @property {string[]} axes
 * @property {string[]} tables
 * @property {string[]} claims
 */

/** What every row may have beside its axes. */
const ofRows = ['dataset', 'network', 'problem', 'batch'];

/**
 * The names of all papers, from their data: each has a folder with `tables/`, and the schema of those names systems and
 * axes.
 * @param {string} experiments
 * @returns {PaperNames}
 */
export function paperNames(experiments) {
  const ids = readdirSync(experiments).filter((name) => existsSync(join(experiments, name, 'tables', 'schema.json')));
  const folders = ids.map((id) => join(experiments, id));
  const schemas = folders.map((folder) => JSON.parse(readFileSync(join(folder, 'tables', 'schema.json'), 'utf8')));
  return {
    ids,
    systems: schemas.flatMap(({ properties }) => properties.axes.properties.network?.items.enum ?? []),
    axes: schemas.flatMap(({ properties }) =>
      Object.keys(properties.axes.properties).filter((axis) => !ofRows.includes(axis)),
    ),
    tables: folders.flatMap((folder) =>
      readdirSync(join(folder, 'tables')).flatMap((name) => /^(.*)\.yaml$/.exec(name)?.[1] ?? []),
    ),
    claims: [
      ...new Set(folders.flatMap(textsIn).flatMap((text) => [...text.matchAll(/['"](claim\.[a-z0-9-]+)['"]/g)])),
    ].map(([, claim = '']) => claim),
  };
}

/** @param {string} folder */
const textsIn = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|json|yaml)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

/** The project's own name, environment variables and formats of files. */
const ourOwn = /WARPNET_\w+|warpnet-[a-z]+(?:-[a-z]+)*/g;

/** @param {string} text */
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** @param {readonly string[]} names */
const anyOf = (names) => names.map(quoted).join('|');

/** Axes and systems that are ordinary words: nobody can tell `depth` the axis from the depth of a network. */
const ordinaryWords = new Set(['depth', 'width', 'blocks', 'units', 'plain']);

/**
 * Finds names in a text. Tables that are called by an ordinary word (`seeds`) cannot be told from the word, and an axis of
 * one letter only where it is a key or a text of its own.
 * @param {PaperNames} names
 * @returns {(text: string) => { name: string, index: number }[]}
 */
export function paperNameFinder({ ids, systems: allSystems, axes, tables, claims }) {
  const systems = allSystems.filter((system) => !ordinaryWords.has(system));
  const letters = anyOf(axes.filter(({ length }) => length === 1));
  const words = [
    ...axes.filter((axis) => axis.length > 1 && !ordinaryWords.has(axis)),
    ...tables.filter((table) => /[0-9-]/.test(table)),
    ...claims,
  ];
  const patterns = [
    ...(ids.length > 0 ? [new RegExp(anyOf(ids), 'gi')] : []),
    ...(systems.length > 0 ? [new RegExp(`\\b(?:${anyOf(systems)})\\b`, 'gi')] : []),
    ...(words.length > 0 ? [new RegExp(`(?<![\\w-])(?:${anyOf(words)})(?![\\w-])`, 'g')] : []),
    ...(letters === ''
      ? []
      : [new RegExp(`(?<=\\.)(?:${letters})\\b|(?<=['"])(?:${letters})(?=['"])|\\b(?:${letters})(?=: | = )`, 'g')]),
  ];
  return (text) => {
    // Blanks of the same length keep positions.
    const rest = text.replace(ourOwn, (own) => ' '.repeat(own.length));
    return patterns
      .flatMap((pattern) => [...rest.matchAll(pattern)].map(({ 0: name, index }) => ({ name, index })))
      .sort((a, b) => a.index - b.index);
  };
}

/**
 * The rule for ESLint: code and comments of the files that it is applied to.
 * @param {string} experiments
 * @returns {import('eslint').Rule.RuleModule}
 */
export const paperNameRule = (experiments) => {
  const find = paperNameFinder(paperNames(experiments));
  return {
    meta: {
      type: 'problem',
      schema: [],
      messages: { named: 'This is for every paper, and "{{name}}" belongs to one.' },
    },
    create: (context) => ({
      Program() {
        const { sourceCode } = context;
        for (const { name, index } of find(sourceCode.text)) {
          const loc = sourceCode.getLocFromIndex(index);
          context.report({ loc, messageId: 'named', data: { name } });
        }
      },
    }),
  };
};
