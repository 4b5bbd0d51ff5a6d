/** The handlebars templates, compiled once. Strings reach Markdown and LaTeX templates already escaped by their markup. */
import { readFileSync } from 'node:fs';
import handlebars from 'handlebars';
import { inProject } from '../../project.js';

export const templateNames = ['table.md', 'table.tex', 'tables.tex', 'summary.md', 'report.html'] as const;
export type TemplateName = (typeof templateNames)[number];

const compiled = new Map<TemplateName, HandlebarsTemplateDelegate>();

/** Fills `templates/<name>.hbs`. Only HTML is escaped by handlebars itself: the others have rules of their own. */
export function fillTemplate(name: TemplateName, view: object): string {
  const known = compiled.get(name);
  if (known) return known(view);
  const source = readFileSync(inProject('templates', `${name}.hbs`), 'utf8');
  const template = handlebars.compile(source, { noEscape: !name.endsWith('.html'), strict: true });
  compiled.set(name, template);
  return template(view);
}
