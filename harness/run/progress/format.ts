/** Words for durations and figures, and lines that fit a terminal. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** `0:07`, `12:40`, `3:05:00`, `4 d 2 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  if (days > 0) return `${days} d ${hours} h`;
  const minutes = Math.floor((whole % 3600) / 60);
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** For sentences: `40 s`, `7 min`, `3 h`, `4 days`. */
export function roughly(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `1.2 GB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const exponent = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** exponent;
  return `${value < 10 && exponent > 0 ? value.toFixed(1) : Math.round(value)} ${units[exponent] ?? 'B'}`;
}

/** `48 ms/step`, `1.30 s/step`. */
export function stepTime(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms/step`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms/step` : `${(milliseconds / 1000).toFixed(2)} s/step`;
}

/** Cuts text to a width in columns, with an ellipsis; control characters are taken out, so that a line stays a line. */
export function fit(text: string, width: number): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  if (stringWidth(plain) <= width) return plain;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(plain)) {
    if (stringWidth(cut + segment) >= width) break;
    cut += segment;
  }
  return width < 1 ? '' : `${cut}…`;
}

/** Text cut or filled up with spaces to exactly a width in columns. */
export function fill(text: string, width: number): string {
  const cut = fit(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}

/** `━━━━━───`: the done part and the rest, to be painted each. */
export function bar(fraction: number, width: number): readonly [done: string, rest: string] {
  const done = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return ['━'.repeat(done), '─'.repeat(width - done)];
}

/** Breaks a text into lines at spaces; words that are wider than a line are cut by the terminal. */
export function wrap(text: string, width: number, indent = '  '): string[] {
  const [first = ''] = wrapAnsi(text, width).split('\n');
  const rest = text.slice(first.length).trimStart();
  if (rest === '') return [first];
  return [
    first,
    ...wrapAnsi(rest, width - indent.length)
      .split('\n')
      .map((line) => indent + line),
  ];
}
