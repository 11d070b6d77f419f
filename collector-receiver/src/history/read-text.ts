import { createReadStream } from "node:fs";

/** A longer record is an error: a quote that is never closed would otherwise take the rest of the file into memory. */
export const maxRecordCharacters = 1024 * 1024;

/** Text of a file that is read piece by piece: what is not read yet, and on which line it begins. */
export class PendingText {
  text = "";
  at = 0;
  /** The line on which `at` stands, from 1. */
  line = 1;
  #isSkipping = false;

  /** Puts more text behind what is left. */
  add(more: string): void {
    this.text = this.text.slice(this.at) + more;
    this.at = 0;
    if (this.#isSkipping) this.skipLine();
  }

  /** Moves to the next line, as soon as it is there. */
  skipLine(): void {
    const end = this.text.indexOf("\n", this.at);
    this.#isSkipping = end < 0;
    if (end < 0) this.moveTo(this.text.length, 0);
    else this.moveTo(end + 1, 1);
  }

  /** Moves behind what was read. */
  moveTo(end: number, lines: number): void {
    this.at = end;
    this.line += lines;
  }
}

/**
 * The text of a file in pieces, without a byte order mark.
 * @param encoding bytes that are not of it become U+FFFD
 */
export async function* decodeFile(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const bytes of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    yield decoder.decode(bytes as Buffer, { stream: true });
  }
  yield decoder.decode();
}

/** Why a record cannot be taken as it was decoded; undefined: it can. */
export function findTextProblem(text: string, encoding: string): string | undefined {
  if (!text.includes("\uFFFD")) return undefined;
  return `is not ${encoding}: convert the file, or name its "encoding" in the mapping, such as gb18030`;
}
