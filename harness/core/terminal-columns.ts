/** Columns of a terminal that does not tell: one without a size says 0, and what is no terminal nothing. */
const usual = 80;

export const terminalColumns = ({ columns }: { readonly columns?: number | undefined }): number => columns || usual;
