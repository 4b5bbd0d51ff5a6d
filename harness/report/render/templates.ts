/** The handlebars templates, compiled once. Strings reach Markdown and LaTeX templates already escaped by their markup. */
import { readFileSync } from 'node:fs';
import handlebars from 'handlebars';
import { inProject } from '../../core/project.js';

export const templateNames = [
  'table.md',
  'table.tex',
  'tables.tex',
  'summary.md',
  'questions.md',
  'section.html',
  'report.html',
] as const;
export type TemplateName = (typeof templateNames)[number];

/** Templates that others include by name. */
const partials = ['table.html'] as const;

const read = (name: string): string => readFileSync(inProject('templates', `${name}.hbs`), 'utf8');

const compiled = new Map<TemplateName, HandlebarsTemplateDelegate>();

/** Fills `templates/<name>.hbs`. Only HTML is escaped by handlebars itself: the others have rules of their own. */
export function fillTemplate(name: TemplateName, view: object): string {
  const known = compiled.get(name);
  if (known) return known(view);
  for (const partial of partials) handlebars.registerPartial(partial, read(partial));
  const template = handlebars.compile(read(name), { noEscape: !name.endsWith('.html'), strict: true });
  compiled.set(name, template);
  return template(view);
}
