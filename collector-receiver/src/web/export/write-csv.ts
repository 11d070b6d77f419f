import { stringify } from "csv-stringify/sync";
import { withoutFormula } from "../../bytes/spreadsheet-text.ts";
import { readableText } from "../page/html.ts";

export type Cell = string | number | null;

/** How a spreadsheet program of a region reads CSV: it splits at `separator`, and numbers have `decimal`. */
export interface CsvStyle {
  readonly separator: "," | ";";
  readonly decimal: "." | ",";
}

export const commaStyle: CsvStyle = { separator: ",", decimal: "." };

/**
 * The style of a browser's first language: where numbers have a decimal comma, programs split at semicolons.
 * @param acceptLanguage the header; undefined for programs, which get commas
 */
export function csvStyleOf(acceptLanguage: string | undefined): CsvStyle {
  const language = /^\s*([a-z]{2,3}(?:-[a-z0-9]{2,8})*)\s*(?:[,;]|$)/i.exec(acceptLanguage ?? "")?.[1] ?? "en";
  let hasComma = false;
  try {
    hasComma = new Intl.NumberFormat(language).format(1.5).includes(",");
  } catch {
    // No language at all, as the header may hold anything.
  }
  return hasComma ? { separator: ";", decimal: "," } : commaStyle;
}

/** Rows that are held as cells at a time. */
const rowsAtOnce = 1000;

/** CSV with a byte order mark, without which Excel reads Chinese as another encoding. */
export function writeCsv(rows: Iterable<readonly Cell[]>, style: CsvStyle = commaStyle): string {
  const parts = ["\ufeff"];
  let gathered: (string | null)[][] = [];
  const write = (): void => {
    parts.push(stringify(gathered, { ...csvOptions, delimiter: style.separator }));
    gathered = [];
  };
  for (const row of rows) {
    gathered.push(
      row.map((cell) => (typeof cell === "number" ? String(cell).replace(".", style.decimal) : plainCell(cell))),
    );
    if (gathered.length === rowsAtOnce) write();
  }
  write();
  return parts.join("");
}

/** Outside quotes, a program splits at the `,`, `;` or tab of its locale, and at a line feed alone. */
const csvOptions = { record_delimiter: "windows", quoted_match: /[,;\t\r\n]/ } as const;

/** Agents' names and reasons come from outside: an apostrophe keeps a spreadsheet from computing them. */
function plainCell(cell: string | null): string | null {
  if (cell === null) return null;
  return withoutFormula(readableText(cell));
}
