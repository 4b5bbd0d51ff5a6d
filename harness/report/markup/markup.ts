/** What differs between formats: how text is made inert, and how bold, italics, marks and layouts are written. */
export interface Markup {
  /** Makes any string show as itself. */
  readonly text: (value: string) => string;
  readonly bold: (inner: string) => string;
  readonly italic: (inner: string) => string;
  /** Footnote marks after a number. */
  readonly marks: (marks: readonly string[]) => string;
  /** `[F1] [F2, F2'x1]`. */
  readonly layout: (value: string) => string;
  /** `WarpNet1-37-kw`. */
  readonly network: (label: string) => string;
  /** Where there is no number. */
  readonly dash: string;
  /** After a projected number. */
  readonly dagger: string;
}

export interface LayoutPart {
  readonly kind: 'plain' | 'index' | 'prime' | 'times';
  readonly text: string;
}

/** The pieces of a layout in the paper's notation, for typesetting; null when `value` is anything else. */
export function layoutParts(value: string): LayoutPart[] | null {
  if (value === '' || !/^[\d\s,[\]xF']*$/u.test(value)) return null;
  return [...value.matchAll(/([Fx])(\d+)|'|x|[^Fx']+|F/gu)].flatMap(([text, letter, index]): LayoutPart[] => {
    if (letter !== undefined && index !== undefined) {
      return [
        { kind: 'plain', text: letter },
        { kind: 'index', text: index },
      ];
    }
    return [{ kind: text === "'" ? 'prime' : text === 'x' ? 'times' : 'plain', text }];
  });
}
