import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeReports } from '../../../../harness/report/index.js';
import { longTier } from '../../../tier.js';
import { findTool, missingTool } from '../../../tools.js';
import { fixture, occasion } from '../fixtures.js';
import { stepTraces } from '../step-traces.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `SCREENSHOTS=folder npx vitest run test/harness/report/render/browser.test.ts` keeps pictures to look at. */
const pictures = process.env['SCREENSHOTS'];

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const page = (name: string): string => pathToFileURL(join(folder, 'quick', name, 'index.html')).href;

let browser: Browser;
const complaints: string[] = [];

async function open(width: number, colorScheme: 'light' | 'dark' = 'light', name = 'warpnet'): Promise<Page> {
  const own = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  own.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  own.on('pageerror', (error) => complaints.push(error.message));
  own.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:'))
      complaints.push(`asked for ${request.url()}`);
  });
  await own.goto(page(name), { waitUntil: 'load' });
  return own;
}

async function picture(own: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await own.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core calls serious or critical, all rules on. */
async function violations(own: Page): Promise<string[]> {
  await own.evaluate(axe);
  const found = await own.evaluate<Violation[]>('axe.run(document).then((result) => result.violations)');
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html.slice(0, 160))
          .join(' … ')}`,
    );
}

/** Pixels by which the page is wider than the window. */
const overhang = (own: Page): Promise<number> =>
  own.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

const shownText = (own: Page, selector: string): Promise<string[]> =>
  own.evaluate<string[]>(
    `Array.from(document.querySelectorAll(${JSON.stringify(selector)})).filter((part) => part.checkVisibility()).map((part) => part.textContent.trim())`,
  );

describe.skipIf(!longTier || missingTool('chromium'))('the HTML report in a browser', () => {
  beforeAll(async () => {
    const quick = fixture();
    stepTraces(join(folder, 'runs'), quick.plan);
    const paper = fixture({ profile: 'paper' });
    for (const made of [paper, quick])
      writeReports({ ...made, occasion, reports: folder, folder: join(folder, made.plan.profile, 'warpnet') });
    // Every kind of part once: axe-core takes its time over thousands of cells.
    const small = fixture({ tables: ['table5', 'readings'] });
    writeReports({ ...small, occasion, reports: folder, folder: join(folder, 'quick', 'small') });
    const executablePath = findTool('chromium');
    if (executablePath === undefined) throw new Error('Chromium went away');
    browser = await chromium.launch({ executablePath });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('is one file of at most 1.5 MB that asks for nothing', async () => {
    expect(statSync(join(folder, 'quick', 'warpnet', 'index.html')).size).toBeLessThan(1.5e6);
    const own = await open(1280);
    await picture(own, 'light-1280');
    expect(await own.evaluate('document.querySelectorAll("svg.figure").length')).toBeGreaterThanOrEqual(4);
    await own.close();
    expect(complaints).toEqual([]);
  });

  it.each([400, 1280])('fits a window of %i pixels: only tables and figures scroll sideways', async (width) => {
    const own = await open(width);
    await picture(own, `light-${width}`);
    expect(await overhang(own)).toBe(0);
    await own.close();
  });

  it('switches protocols: other columns go, and heads span what is left', async () => {
    const own = await open(1280);
    const heads = '#quick-table2 th[data-of="0"]';
    expect(await shownText(own, heads)).toHaveLength(7);
    await own.getByRole('radio', { name: 'released-code', exact: true }).check();
    expect(await shownText(own, heads)).toEqual(['printed', 'ours (released-code)', 'modelled (released-code)']);
    expect(await own.locator('#quick-table2 th[data-group="0"]').getAttribute('colspan')).toBe('3');
    await own.getByRole('radio', { name: 'all', exact: true }).check();
    expect(await shownText(own, heads)).toHaveLength(7);
    await own.close();
  });

  it('opens with at most five lines and one figure of ours against what is printed', async () => {
    const own = await open(1200);
    const lines = await shownText(own, '#quick-summary .lead p');
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines[0]).toMatch(/^Asked: /u);
    expect(lines[1]).toMatch(/^Relative speed-ups: of \d+ printed ones \d+ agree with the released code/u);
    const figure = await own.locator('#quick-figure-answer svg').boundingBox();
    expect((figure?.y ?? Infinity) + (figure?.height ?? 0)).toBeLessThan(900);
    await own.close();
  });

  it('lets columns be chosen, rows be filtered and sorted, and what is left be copied', async () => {
    const own = await open(1280, 'light', 'small');
    const figure = own.locator('#quick-table5');
    const [table] = [figure.locator('table').first()];
    const shownRows = () => table.locator('tbody tr:not(.block):visible');
    await figure.getByRole('searchbox').first().fill('warpnet1');
    expect(await shownRows().count()).toBe(3);
    await figure.locator('details.chooser > summary').first().click();
    await figure.getByRole('checkbox', { name: 'RS (%), printed', exact: true }).first().uncheck();
    expect(await table.locator('thead tr').last().locator('th:visible').allTextContents()).not.toHaveLength(0);
    await table.getByRole('button', { name: 'modelled (released-code)', exact: true }).first().click();
    const sorted = await shownRows().locator('td.modelled.protocol-released-code').allTextContents();
    const numbers = sorted.map((text) => Number(/[\d.]+/u.exec(text)?.[0]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    await own.evaluate('navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }');
    for (const [format, form] of [
      ['Markdown', /^\| Network \| GPUs \|[^]*\n\| :-- \| --: \|/u],
      ['LaTeX', /^\\begin\{tabular\}\{lr+\}\nNetwork & GPUs &[^]*\\end\{tabular\}$/u],
      ['CSV', /^"Network","GPUs",/u],
    ] as const) {
      await figure.getByRole('button', { name: new RegExp(`Copy Table 5 as ${format}`, 'u') }).click();
      const copied = await own.evaluate<string>('window.copied');
      expect(copied).toMatch(form);
      expect(copied).toContain('WarpNet1-73-4');
      expect(copied).not.toContain('RS (%), printed');
      expect(copied).not.toContain('WRN-73-4');
    }
    await own.close();
  });

  it('switches profiles and themes', async () => {
    const own = await open(1280);
    expect(await shownText(own, 'article > nav')).toHaveLength(1);
    expect((await shownText(own, '.byline'))[0]).toContain('quick');
    await own.getByRole('radio', { name: 'paper', exact: true }).first().check();
    expect((await shownText(own, '.byline'))[0]).toContain('paper');
    const paperColour = '(getComputedStyle(document.body).backgroundColor)';
    const light = await own.evaluate(paperColour);
    await own.getByRole('radio', { name: 'dark', exact: true }).check();
    expect(await own.evaluate(paperColour)).not.toBe(light);
    await own.close();
  });

  it('opens details by keyboard and starts with a way past the switches', async () => {
    const own = await open(1280);
    await own.keyboard.press('Tab');
    expect(await own.evaluate('document.activeElement.textContent')).toBe('Skip to the report');
    const summary = own.locator('#quick-table2 > details > summary');
    await summary.focus();
    await own.keyboard.press('Enter');
    expect(await own.locator('#quick-table2 > details').getAttribute('open')).not.toBeNull();
    expect((await shownText(own, '#quick-table2 table.details tbody tr')).length).toBeGreaterThan(50);
    await own.close();
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe-core minds, %s',
    async (scheme) => {
      const own = await open(1280, scheme, 'small');
      await own.evaluate('document.querySelectorAll("details").forEach((part) => { part.open = true; })');
      expect(await violations(own)).toEqual([]);
      await picture(own, `open-${scheme}`);
      await own.close();
    },
    60_000,
  );

  it('prints on white, without switches', async () => {
    const own = await open(1280, 'dark');
    await own.emulateMedia({ media: 'print' });
    expect(await shownText(own, '.switches, nav')).toEqual([]);
    expect(await own.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await picture(own, 'print');
    const pdf = await own.pdf({ preferCSSPageSize: true });
    expect(pdf.length).toBeGreaterThan(50_000);
    await own.close();
  });

  it('does all that without a complaint on the console', () => {
    expect(complaints).toEqual([]);
  });
});
