import { writeCsv } from "./write-csv.ts";
import type { Cell } from "./write-csv.ts";

/** Rows that the CSV of a list holds at most. */
export const maxCsvRows = 10_000;

/** A list as CSV: a row of heads, then the rows, with a byte order mark as the report has it. */
export function writeListCsv(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return writeCsv([heads, ...rows]);
}
