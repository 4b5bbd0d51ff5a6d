/** A figure as a PDF page of its own size, in the fonts of LaTeX's tables, for `\includegraphics`. */
import PDFDocument from 'pdfkit';
import SVGtoPDF from 'svg-to-pdfkit';
import { inProject } from '../../core/project.js';

/** Of article and llncs; a paper in Times names a font of its own. */
export const latinModern = (): string => inProject('templates', 'fonts', 'lmroman10-regular.otf');

/** What `core/drawing/svg.ts` says with variables of the page: on paper they have one value. */
const paperStyle =
  '<style>.figure text{fill:#222}.figure .quiet{fill:#555}.axis{stroke:#666;stroke-width:1}.grid{stroke:#ddd;stroke-width:1}' +
  '.zero{stroke:#666;stroke-width:1;stroke-dasharray:2 3}.idle{fill:#eee}.printed{stroke:#222;stroke-width:2;fill:none}</style>';

const onPaper = (svg: string): string =>
  svg.replace(/<style>[^]*?<\/style>/u, paperStyle).replace(/var\(--[\w-]+,([^()]*)\)/gu, '$1');

/** Pixels are three quarters of a point. */
const pointsAPixel = 0.75;

/** @param font an OpenType or TrueType file @returns the same bytes for the same figure */
export function figurePdf(svg: string, title: string, font: string = latinModern()): Uint8Array {
  const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/u.exec(svg) ?? [];
  const size = { width: Number(width) * pointsAPixel, height: Number(height) * pointsAPixel };
  const page = new PDFDocument({
    size: [size.width, size.height],
    margin: 0,
    info: { Title: title, CreationDate: new Date('2000-01-01T00:00:00Z') },
  });
  page.registerFont('figure', font);
  SVGtoPDF(page, onPaper(svg), 0, 0, { ...size, fontCallback: () => 'figure' });
  page.end();
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = page.read() as Uint8Array | null;
    if (part === null) return Buffer.concat(parts);
    parts.push(part);
  }
}
