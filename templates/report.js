// The report is complete without this script: it hides, sorts and copies what is there.
'use strict';
const switches = document.querySelector('.switches');
const root = document.documentElement;
let protocolShown = '';

function showProfile(profile) {
  for (const article of document.querySelectorAll('article')) article.hidden = article.dataset.profile !== profile;
}

/** Rows of other protocols go here, columns with their tables. */
function showProtocol(protocol) {
  protocolShown = protocol;
  for (const row of document.querySelectorAll('tr[class*="protocol-"]')) row.hidden = isOtherProtocol(row);
  for (const table of document.querySelectorAll('figure.table table')) showColumns(table);
}

const isOtherProtocol = (part) =>
  protocolShown !== '' && /protocol-/.test(part.className) && !part.classList.contains(`protocol-${protocolShown}`);

function showTheme(theme) {
  if (theme === '') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

const rowsOf = (table) => Array.from(table.tBodies).flatMap(({ rows }) => Array.from(rows)).filter((row) => !isBlock(row));
const isBlock = (row) => row.classList.contains('block');
/** The heads of columns in order: those that span two lines come first. */
const headsOf = (table) => Array.from(table.tHead.querySelectorAll('th:not([data-group])'));
const unwanted = new WeakMap();

/** Hides columns of other protocols and those that were unticked; group heads span what is left. */
function showColumns(table) {
  const off = unwanted.get(table) ?? new Set();
  const heads = headsOf(table);
  const hidden = heads.map((head, index) => off.has(index) || isOtherProtocol(head));
  heads.forEach((head, index) => (head.hidden = hidden[index]));
  for (const row of rowsOf(table)) Array.from(row.cells).forEach((cell, index) => (cell.hidden = hidden[index] ?? false));
  for (const group of table.tHead.querySelectorAll('th[data-group]')) {
    const shown = heads.filter(({ dataset, hidden: gone }) => dataset.of === group.dataset.group && !gone).length;
    group.hidden = shown === 0;
    group.colSpan = Math.max(1, shown);
  }
}

/** What a reader sees of a cell, without words for screen readers alone. */
function textOf(cell) {
  const copy = cell.cloneNode(true);
  for (const part of copy.querySelectorAll('.unseen, .sign')) part.remove();
  for (const part of copy.querySelectorAll('small')) part.prepend(' ');
  return copy.textContent.replace(/\s+/g, ' ').trim();
}

function numberIn(cell) {
  const found = /[−-]?[\d,]+(?:\.\d+)?/.exec(textOf(cell));
  return found === null ? null : Number(found[0].replace('−', '-').replaceAll(',', ''));
}

/** Numbers by size, words by letters; what has none comes last. */
function compare(a, b) {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (a.classList.contains('number') && (x !== null || y !== null)) return x === null ? 1 : y === null ? -1 : x - y;
  return textOf(a).localeCompare(textOf(b));
}

/** Within blocks, so that rows stay under their titles. */
function sortBy(table, index, descending) {
  for (const body of table.tBodies) {
    const rows = Array.from(body.rows).filter((row) => !isBlock(row));
    rows.sort((a, b) => (descending ? -1 : 1) * compare(a.cells[index], b.cells[index]));
    body.append(...rows);
  }
  headsOf(table).forEach((head, at) => {
    if (at === index) head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    else head.removeAttribute('aria-sort');
  });
}

function filterRows(table, wanted) {
  const text = wanted.trim().toLowerCase();
  for (const body of table.tBodies) {
    for (const row of body.rows) if (!isBlock(row)) row.classList.toggle('filtered', text !== '' && !row.textContent.toLowerCase().includes(text));
    const left = Array.from(body.rows).some((row) => !isBlock(row) && !row.classList.contains('filtered'));
    body.classList.toggle('filtered', !left);
  }
}

/** The table as it is shown: heads, then rows. */
function shownCells(table) {
  const heads = headsOf(table).map((head) => {
    const group = table.tHead.querySelector(`th[data-group="${head.dataset.of}"]`);
    return group === null ? textOf(head) : `${textOf(group)}, ${textOf(head)}`;
  });
  const kept = headsOf(table).map(({ hidden }) => !hidden);
  const rows = rowsOf(table).filter((row) => row.offsetParent !== null);
  const texts = rows.map((row) => Array.from(row.cells, textOf));
  return [heads, ...texts].map((line) => line.filter((_, index) => kept[index]));
}

const escapes = {
  '\\': '\\textbackslash{}', '^': '\\textasciicircum{}', '~': '\\textasciitilde{}', '<': '$<$', '>': '$>$', '|': '$|$',
  '−': '$-$', '±': '$\\pm$', '†': '$\\dagger$', '‡': '$\\ddagger$', '–': '--', '′': "$'$", '×': '$\\times$',
};
const latexText = (text) => text.replace(/[\\^~<>|−±†‡–′×{}&%#_$]/g, (sign) => escapes[sign] ?? `\\${sign}`);
const formats = {
  Markdown: ([heads, ...rows]) =>
    [heads, heads.map((_, index) => (index === 0 ? ':--' : '--:')), ...rows]
      .map((line) => `| ${line.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`)
      .join('\n'),
  LaTeX: ([heads, ...rows]) => {
    const lines = [heads, ...rows].map((line) => `${line.map(latexText).join(' & ')} \\\\`);
    return [`\\begin{tabular}{l${'r'.repeat(heads.length - 1)}}`, lines[0], '\\hline', ...lines.slice(1), '\\end{tabular}'].join('\n');
  },
  CSV: (lines) => lines.map((line) => line.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n'),
};

/** A page that is a file may have no clipboard: then the text is selected and copied the old way. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

function made(name, properties = {}, ...children) {
  const part = Object.assign(document.createElement(name), properties);
  part.append(...children);
  return part;
}

function columnChooser(table) {
  const off = new Set();
  unwanted.set(table, off);
  const boxes = headsOf(table).map((head, index) => {
    const group = table.tHead.querySelector(`th[data-group="${head.dataset.of}"]`);
    const box = made('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      if (box.checked) off.delete(index);
      else off.add(index);
      showColumns(table);
    });
    return made('label', {}, box, ` ${group === null ? '' : `${textOf(group)}, `}${textOf(head)}`);
  });
  return made('details', { className: 'chooser' }, made('summary', { textContent: 'Columns' }), ...boxes);
}

function tools(table, name) {
  const filter = made('input', { type: 'search', placeholder: 'Filter rows', ariaLabel: `Filter rows of ${name}` });
  filter.addEventListener('input', () => filterRows(table, filter.value));
  const told = made('span', { className: 'told', role: 'status' });
  const buttons = Object.entries(formats).map(([format, write]) => {
    const button = made('button', { type: 'button', textContent: format, ariaLabel: `Copy ${name} as ${format}` });
    button.addEventListener('click', async () => {
      await copy(write(shownCells(table)));
      told.textContent = `copied as ${format}`;
    });
    return button;
  });
  return made('div', { className: 'tools' }, filter, columnChooser(table), made('span', { className: 'copy' }, 'Copy: ', ...buttons), told);
}

function makeSortable(table) {
  headsOf(table).forEach((head, index) => {
    const button = made('button', { type: 'button', className: 'sort', title: 'Sort' });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => sortBy(table, index, head.getAttribute('aria-sort') === 'ascending'));
  });
}

for (const table of document.querySelectorAll('figure.table table')) {
  const scroll = table.closest('.scroll');
  scroll.before(tools(table, scroll.getAttribute('aria-label').replace(/, scrolls sideways$/, '')));
  makeSortable(table);
}

const apply = { profile: showProfile, protocol: showProtocol, theme: showTheme };
switches.hidden = false;
switches.addEventListener('change', ({ target }) => apply[target.name](target.value));
// A browser that goes back restores the choice, not what it did.
for (const input of switches.querySelectorAll('input:checked')) apply[input.name](input.value);
