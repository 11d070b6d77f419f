import { ImportError } from "./import-error.ts";
import { findTextProblem, maxRecordCharacters, PendingText, decodeFile } from "./read-text.ts";
import type { RowSource, SourceRow } from "./source-row.ts";
import { splitRecord, type CsvRecord } from "./split-record.ts";

interface CsvOptions {
  readonly delimiter: string;
  readonly encoding: string;
}

type NumberedRecord = { readonly place: number } & (
  | { readonly fields: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string }
);

/**
 * Opens a CSV file with a header. A wrong record is one row with its problem, and reading goes on at the line after the one on
 * which it began.
 * @throws ImportError if its header cannot be used
 */
export async function openCsv(file: string, options: CsvOptions): Promise<RowSource> {
  const records = readRecords(file, options);
  const first = await records.next();
  const pending = first.done === true ? [] : [...first.value];
  const header = pending.shift();
  if (header === undefined) throw unusable(`${file} is empty. Its first line has to name the columns.`);
  if (header.problem !== undefined) throw unusable(`The header of ${file} ${header.problem}.`);
  const columns = header.fields.map((name) => name.trim());
  const twice = columns.find((name, i) => name !== "" && columns.indexOf(name) < i);
  if (twice !== undefined) throw unusable(`${file} has two columns "${twice}". Rename one of them.`);
  async function* batches(): AsyncGenerator<SourceRow[]> {
    yield pending.map((record) => rowOf(record, columns));
    for await (const group of records) yield group.map((record) => rowOf(record, columns));
  }
  return { placeName: "line", columns, batches: batches() };
}

const unusable = (message: string): ImportError => new ImportError("source_unreadable", message);

function rowOf(record: NumberedRecord, columns: readonly string[]): SourceRow {
  const { place } = record;
  if (record.problem !== undefined) return { place, problem: record.problem };
  const { fields } = record;
  if (fields.length !== columns.length) {
    return { place, problem: `has ${fields.length} fields, and the header has ${columns.length}` };
  }
  const row: Record<string, string> = {};
  for (let i = 0; i < columns.length; i++) {
    if (columns[i] !== "__proto__") row[columns[i]!] = fields[i]!;
  }
  return { place, fields: row };
}

async function* readRecords(file: string, options: CsvOptions): AsyncGenerator<NumberedRecord[]> {
  const pending = new PendingText();
  for await (const text of decodeFile(file, options.encoding)) {
    pending.add(text);
    const records = [...takeRecords(pending, options, false)];
    if (records.length > 0) yield records;
  }
  yield [...takeRecords(pending, options, true)];
}

function* takeRecords(pending: PendingText, { delimiter, encoding }: CsvOptions, isLast: boolean) {
  while (pending.at < pending.text.length) {
    const record = splitRecord(pending.text, pending.at, delimiter, isLast);
    const place = pending.line;
    if (record === "incomplete") {
      if (pending.text.length - pending.at <= maxRecordCharacters) return;
      yield {
        place,
        problem: `begins a record of more than ${maxRecordCharacters} characters: is a quote not closed?`,
      };
      pending.skipLine();
    } else if ("problem" in record) {
      yield { place, problem: record.problem };
      pending.skipLine();
    } else {
      const problem = findRecordProblem(pending, record, encoding);
      pending.moveTo(record.end, record.lines);
      if (problem !== undefined) yield { place, problem };
      // An empty line is not a record.
      else if (record.fields.length > 1 || record.fields[0] !== "") yield { place, fields: record.fields };
    }
  }
}

function findRecordProblem({ text, at }: PendingText, { end }: CsvRecord, encoding: string): string | undefined {
  if (end - at > maxRecordCharacters) return `has more than ${maxRecordCharacters} characters`;
  return findTextProblem(text.slice(at, end), encoding);
}
