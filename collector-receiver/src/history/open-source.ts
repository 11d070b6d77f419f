import { access } from "node:fs/promises";
import { extname } from "node:path";
import { openSourceTable } from "../storage/source/read-source-table.ts";
import { ImportError } from "./import-error.ts";
import { digestHead, type ImportPosition } from "./import-position.ts";
import type { Mapping } from "./mapping-schemas.ts";
import { openCsv } from "./read-csv.ts";
import { openJsonLines } from "./read-json-lines.ts";
import type { RowSource, SourceRow } from "./source-row.ts";

/** A source that is open. */
export interface OpenSource extends RowSource {
  /** How many rows there are, about; 0: not known. */
  readonly estimate: number;
  close(): Promise<void>;
}

const unreadable = (message: string): ImportError => new ImportError("source_unreadable", `${message}.`);

const isTable = (source: string): boolean => /^postgres(?:ql)?:\/\//.test(source);

/** What tells the source apart from others: a file by how it begins, a table by its name and database. */
export async function identify(source: string, { table }: Mapping): Promise<string> {
  if (isTable(source)) {
    const { host, pathname } = new URL(source);
    return `${host}${pathname} ${table ?? ""}`;
  }
  try {
    await access(source);
  } catch (error) {
    throw unreadable(`${source} cannot be read: ${(error as Error).message}`);
  }
  return digestHead(source);
}

/**
 * Opens a file of CSV or JSON lines, by its extension, or a table.
 * @param source a file, or the URL of a PostgreSQL
 * @param position behind which a table is read
 */
export async function openSource(
  source: string,
  mapping: Mapping,
  position: ImportPosition | undefined,
): Promise<OpenSource> {
  const encoding = mapping.encoding ?? "utf-8";
  const ofFile = { estimate: 0, close: async () => {} };
  if (isTable(source)) return openTable(source, mapping, position);
  switch (extname(source).toLowerCase()) {
    case ".csv":
    case ".tsv":
    case ".txt": {
      const delimiter = mapping.delimiter ?? (source.toLowerCase().endsWith(".tsv") ? "\t" : ",");
      return { ...(await openCsv(source, { delimiter, encoding })), ...ofFile };
    }
    case ".jsonl":
    case ".ndjson":
    case ".json":
      return { ...openJsonLines(source, { encoding }), ...ofFile };
    default:
      throw unreadable(`${source} is neither .csv, .tsv, .jsonl nor .ndjson, nor the URL of a PostgreSQL`);
  }
}

async function openTable(
  connectionString: string,
  { table, key }: Mapping,
  position: ImportPosition | undefined,
): Promise<OpenSource> {
  if (table === undefined) throw unreadable('The mapping has no "table". Name the table that is to be read');
  const keyColumns = typeof key === "string" ? [key] : key;
  try {
    const opened = await openSourceTable({ connectionString, table, key: keyColumns, after: position?.key });
    const { columns, estimate, batches } = opened;
    return {
      placeName: "row",
      columns,
      estimate,
      batches: numberRows(batches, position?.rows ?? 0),
      close: () => opened.close(),
    };
  } catch (error) {
    throw unreadable(`Table ${table} of the source cannot be read: ${(error as Error).message}`);
  }
}

async function* numberRows(
  batches: AsyncIterable<readonly Readonly<Record<string, unknown>>[]>,
  doneRows: number,
): AsyncGenerator<SourceRow[]> {
  let place = doneRows;
  for await (const rows of batches) yield rows.map((fields) => ({ place: ++place, fields }));
}
