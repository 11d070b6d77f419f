import { hash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/** How far an import has come. */
export interface ImportPosition {
  readonly rows: number;
  /** Of a table: the key of the last row, as texts. */
  readonly key?: readonly string[] | undefined;
}

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
   * @param folder is made if it is not there
   * @param name of the import: one file for each
   * @param of whatever has to be the same to go on
   */
  constructor(folder: string, name: string, of: readonly string[]) {
    mkdirSync(folder, { recursive: true });
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
  write(position: ImportPosition): void {
    if (performance.now() - this.#writtenMs < writeEachMs) return;
    this.#writtenMs = performance.now();
    const stored: StoredPosition = { of: this.#of, ...position };
    writeFileSync(`${this.#file}.new`, JSON.stringify(stored));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The import is whole. */
  forget(): void {
    rmSync(this.#file, { force: true });
  }
}

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
