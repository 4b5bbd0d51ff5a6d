/** Makes text from anywhere inert: names, messages and log lines may hold anything. */

/** Drops what no format should pass on: control characters, direction overrides, line breaks. */
export function tidy(value: string): string {
  return (
    value
      .replace(/\s+/gu, ' ')
      // eslint would rather not see control characters in a pattern, so they are named by category.
      .replace(/[\p{Cc}\p{Cs}\p{Co}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
      .trim()
  );
}

/** Drops what moves a cursor or turns text around, and leaves the lines of a document. */
export const withoutControls = (value: string): string =>
  value.replace(/(?![\t\n\r])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** For HTML and SVG, in elements and in attributes. */
export const escapeHtml = (value: string): string =>
  tidy(value).replace(/[&<>"'`]/gu, (character) => entities[character] ?? '');
