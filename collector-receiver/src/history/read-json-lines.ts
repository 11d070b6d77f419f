import { NumberText } from "../mapping/write-log-record.ts";
import { findTextProblem, maxRecordCharacters, PendingText, decodeFile } from "./read-text.ts";
import type { RowFields, RowSource, SourceRow } from "./source-row.ts";

/** Opens a file with one JSON object a line. */
export function openJsonLines(file: string, { encoding }: { readonly encoding: string }): RowSource {
  return { placeName: "line", batches: readBatches(file, encoding) };
}

async function* readBatches(file: string, encoding: string): AsyncGenerator<SourceRow[]> {
  const pending = new PendingText();
  for await (const text of decodeFile(file, encoding)) {
    pending.add(text);
    const rows: SourceRow[] = [];
    for (let end = pending.text.indexOf("\n", pending.at); end >= 0; end = pending.text.indexOf("\n", pending.at)) {
      addLine(rows, pending.text.slice(pending.at, end), pending.line, encoding);
      pending.moveTo(end + 1, 1);
    }
    if (pending.text.length - pending.at > maxRecordCharacters) {
      rows.push({ place: pending.line, problem: tooLong });
      pending.skipLine();
    }
    yield rows;
  }
  const rows: SourceRow[] = [];
  addLine(rows, pending.text.slice(pending.at), pending.line, encoding);
  yield rows;
}

function addLine(rows: SourceRow[], line: string, place: number, encoding: string): void {
  if (line.trim() === "") return;
  const problem = line.length > maxRecordCharacters ? tooLong : findTextProblem(line, encoding);
  rows.push(problem === undefined ? parseLine(line, place) : { place, problem });
}

const tooLong = `has more than ${maxRecordCharacters} characters`;

function parseLine(line: string, place: number): SourceRow {
  try {
    // A double would change an integer of more than 15 digits.
    const value: unknown = /\d{16}/.test(line) ? JSON.parse(line, keepDigits) : JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { place, fields: value as RowFields };
    }
    return { place, problem: "is not a JSON object" };
  } catch (error) {
    return { place, problem: `is not JSON: ${(error as Error).message}` };
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return Number.isInteger(value) ? new NumberText(context?.source ?? String(value)) : value;
}
