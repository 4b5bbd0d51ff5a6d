/** The account of a fit as a Markdown page. */
import type { AccountBlock, AccountSection } from './fit-account.js';

export const fitMarkdown = (title: string, account: readonly AccountSection[], figure: string): string =>
  [
    `# ${title}`,
    ...account.flatMap((section) => [`## ${section.title}`, ...section.blocks.map(blockText)]),
    `![Projected against printed](${figure})`,
    '',
  ].join('\n\n');

function blockText(block: AccountBlock): string {
  if ('text' in block) return block.text;
  if ('list' in block) return block.list.map((item) => `- ${item}`).join('\n');
  const rule = block.header.map((_, column) => (column === 0 ? ':--' : '--:'));
  return [block.header, rule, ...block.rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
