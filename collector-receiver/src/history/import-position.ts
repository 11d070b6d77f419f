import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NumberText } from "../mapping/write-log-record.ts";
import { isEmptyValue, valueOf, type SourceRow } from "./source-row.ts";

/** How far an import has come. */
export interface ImportPosition {
  readonly rows: number;
  /** Of a table: the key of the last row, as texts. */
  readonly key?: readonly string[] | undefined;
  /** Of a file: the digest of the last row, so that rows are not skipped in another file. */
  readonly digest?: string | undefined;
}

/** Tells rows apart by their place and values. */
export const digestRow = (row: SourceRow): string => hash("sha256", JSON.stringify(row));

interface StoredPosition extends ImportPosition {
  /** What was imported, how and where to. */
  readonly of: string;
}

const writeEachMs = 200;
const headBytes = 64 * 1024;

/** Remembers in a file how far an import has come, so that the next one may go on there. */
export class ImportPositions {
  readonly #file: string;
  readonly #of: string;
  #writtenMs = 0;

  /**
   * @param folder is made with the first position
   * @param name of the import: one file for each
   * @param of whatever has to be the same to go on
   */
  constructor(folder: string, name: string, of: readonly string[]) {
    this.#file = join(folder, `${name}.json`);
    this.#of = hash("sha256", JSON.stringify(of));
  }

  /** Undefined: there is none; `changed`: it is of another source or mapping. */
  read(): ImportPosition | undefined | "changed" {
    let stored: StoredPosition;
    try {
      stored = JSON.parse(readFileSync(this.#file, "utf8")) as StoredPosition;
    } catch {
      return undefined;
    }
    return stored.of === this.#of ? stored : "changed";
  }

  /** Writes it now and then: what comes again is known. */
  write(make: () => ImportPosition | undefined): void {
    if (performance.now() - this.#writtenMs < writeEachMs) return;
    const position = make();
    if (position === undefined) return;
    this.#writtenMs = performance.now();
    mkdirSync(dirname(this.#file), { recursive: true });
    const stored: StoredPosition = { of: this.#of, ...position };
    writeFileSync(`${this.#file}.new`, JSON.stringify(stored));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The import is whole. */
  forget(): void {
    rmSync(this.#file, { force: true });
  }
}

/**
 * How far a source is read with a row.
 * @param keyColumns of a table, which is read on behind a key; undefined: a file
 * @returns undefined if the row has no whole key: nothing can be read on behind it
 */
export function positionOf(
  rows: number,
  last: SourceRow | undefined,
  keyColumns: readonly string[] | undefined,
): ImportPosition | undefined {
  if (last === undefined) return undefined;
  if (keyColumns === undefined) return { rows, digest: digestRow(last) };
  const key = keyColumns.map((column) => (last.fields === undefined ? undefined : valueOf(last.fields, column)));
  const isWhole = key.every((value) => !isEmptyKey(value));
  return isWhole ? { rows, key: key.map(String) } : undefined;
}

/** An empty text has a place in the order of a table, a null or an object has none that a text could say. */
const isEmptyKey = (value: unknown): boolean =>
  (isEmptyValue(value) && value !== "") || (typeof value === "object" && !(value instanceof NumberText));

/** Tells files apart by how they begin: a file to which lines were added is the same. */
export async function digestHead(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    // Of a short file, only the first line: what was added to it would change the rest.
    const head = buffer.subarray(0, bytesRead);
    return hash("sha256", bytesRead < headBytes ? head.subarray(0, head.indexOf("\n") + 1) : head);
  } finally {
    await handle.close();
  }
}
