/**
 * Begins a formula in a spreadsheet: the characters that OWASP lists and their full-width forms, also after white space.
 * A cell that begins with tab, CR or LF begins with the next character once a program trims it.
 */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** A text as a cell of CSV: an apostrophe keeps a spreadsheet from computing it. */
export function withoutFormula(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}
