import { closeSync, openSync, renameSync, writeFileSync } from "node:fs";
import { ParquetWriter, fileWriter, type SchemaElement } from "hyparquet-writer";
import { stringify } from "csv-stringify/sync";
import { withoutFormula } from "../bytes/spreadsheet-text.ts";
import type { ExportColumn, ExportType } from "../storage/export/export-tables.ts";

export const exportFormats = ["parquet", "csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Values of a row as texts, in the order of the columns. */
export type ExportRow = readonly (string | null)[];

/** A file of one table and day. It has its name once it is whole. */
export interface ExportFile {
  write(rows: readonly ExportRow[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file of a table. */
export function openExportFile(file: string, format: ExportFormat, columns: readonly ExportColumn[]): ExportFile {
  const open = format === "parquet" ? openParquet : format === "csv" ? openCsvFile : openJsonLinesFile;
  const partial = `${file}.part`;
  const opened = open(partial, columns);
  return {
    write: (rows) => opened.write(rows),
    close: async () => {
      await opened.close();
      renameSync(partial, file);
    },
  };
}

/** Rows of a row group: as many are in memory. */
const groupRows = 20_000;

const parquetTypes: Readonly<Record<ExportType, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT64" },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  time: { type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } },
  day: { type: "INT32", converted_type: "DATE" },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8" },
};

const parquetValues: Readonly<Record<ExportType, (text: string) => unknown>> = {
  text: (text) => text,
  int: BigInt,
  double: Number,
  boolean: (text) => text === "true",
  time: (text) => new Date(Number(text)),
  day: (text) => new Date(`${text}T00:00:00Z`),
  json: (text) => text,
};

function openParquet(file: string, columns: readonly ExportColumn[]): ExportFile {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, type }) => ({ name, repetition_type: "OPTIONAL" as const, ...parquetTypes[type] })),
  ];
  const parquet = new ParquetWriter({ writer: fileWriter(file), schema, createdBy: "spanledger" });
  let waiting: ExportRow[] = [];
  const flush = async (): Promise<void> => {
    const columnData = columns.map(({ name, type }, i) => ({
      name,
      data: waiting.map((row) => (row[i] == null ? null : parquetValues[type](row[i]))),
    }));
    waiting = [];
    await parquet.write({ columnData, rowGroupSize: groupRows });
  };
  return {
    write: async (rows) => {
      waiting.push(...rows);
      if (waiting.length >= groupRows) await flush();
    },
    close: async () => {
      if (waiting.length > 0) await flush();
      await parquet.finish();
    },
  };
}

/** As people and programs read it: an instant in ISO 8601. */
function plain(type: ExportType, text: string | null): string | null {
  return type === "time" && text !== null ? new Date(Number(text)).toISOString() : text;
}

/** The texts come from outside. */
function shown(type: ExportType, text: string | null): string | null {
  const written = plain(type, text);
  return type === "text" && written !== null ? withoutFormula(written) : written;
}

function openCsvFile(file: string, columns: readonly ExportColumn[]): ExportFile {
  const handle = openSync(file, "w");
  writeFileSync(handle, stringify([columns.map(({ name }) => name)]));
  return {
    write: async (rows) => {
      writeFileSync(handle, stringify(rows.map((row) => row.map((text, i) => shown(columns[i]!.type, text)))));
    },
    close: async () => closeSync(handle),
  };
}

function openJsonLinesFile(file: string, columns: readonly ExportColumn[]): ExportFile {
  const handle = openSync(file, "w");
  const valueOf = (type: ExportType, text: string): string =>
    type === "text" || type === "day" || type === "time" ? JSON.stringify(plain(type, text)) : text;
  return {
    write: async (rows) => {
      const lines = rows.map((row) => {
        const members = columns.flatMap(({ name, type }, i) =>
          row[i] == null ? [] : [`${JSON.stringify(name)}:${valueOf(type, row[i])}`],
        );
        return `{${members.join(",")}}\n`;
      });
      writeFileSync(handle, lines.join(""));
    },
    close: async () => closeSync(handle),
  };
}
