/** The handlebars templates, compiled once. Strings reach Markdown and LaTeX templates already escaped by their markup. */
import { readFileSync } from 'node:fs';
import handlebars from 'handlebars';
import { inProject } from '../../core/project.js';
import { withoutControls } from '../../core/safe-text.js';

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

/** Fills `templates/<name>.hbs`; no control character of anybody's text stays. Only HTML is escaped by handlebars itself: the others have rules of their own. */
export function fillTemplate(name: TemplateName, view: object): string {
  return withoutControls(templateOf(name)(view));
}

function templateOf(name: TemplateName): HandlebarsTemplateDelegate {
  const known = compiled.get(name);
  if (known) return known;
  for (const partial of partials) handlebars.registerPartial(partial, read(partial));
  const template = handlebars.compile(read(name), { noEscape: !name.endsWith('.html'), strict: true });
  compiled.set(name, template);
  return template;
}
