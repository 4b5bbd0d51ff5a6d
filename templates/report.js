// The report is complete without this script: it only hides what was not asked for.
'use strict';
const switches = document.querySelector('.switches');
const root = document.documentElement;

function showProfile(profile) {
  for (const article of document.querySelectorAll('article')) article.hidden = article.dataset.profile !== profile;
}

/** Hides the columns and rows of other protocols; group heads span what is left. */
function showProtocol(protocol) {
  for (const part of document.querySelectorAll('[class*="protocol-"]')) {
    part.hidden = protocol !== '' && !part.classList.contains(`protocol-${protocol}`);
  }
  for (const group of document.querySelectorAll('th[data-group]')) {
    const columns = group.closest('thead').querySelectorAll(`th[data-of="${group.dataset.group}"]`);
    const shown = Array.from(columns).filter((column) => !column.hidden).length;
    group.hidden = shown === 0;
    group.colSpan = Math.max(1, shown);
  }
}

function showTheme(theme) {
  if (theme === '') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

const apply = { profile: showProfile, protocol: showProtocol, theme: showTheme };
switches.hidden = false;
switches.addEventListener('change', ({ target }) => apply[target.name](target.value));
// A browser that goes back restores the choice, not what it did.
for (const input of switches.querySelectorAll('input:checked')) apply[input.name](input.value);
