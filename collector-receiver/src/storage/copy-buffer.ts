/**
 * Rows in PostgreSQL's binary COPY format
 * (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT).
 */
export class CopyBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(initialBytes = 65_536) {
    this.#bytes = Buffer.allocUnsafe(initialBytes);
    // Signature, no flags, no header extension.
    this.#length = this.#bytes.write("PGCOPY\n\xff\r\n\0", "latin1");
    this.#bytes.fill(0, this.#length, this.#length + 8);
    this.#length += 8;
  }

  startRow(columns: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(columns, this.#length);
  }

  null(): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(-1, this.#length);
  }

  /** A `text` or `varchar` column. */
  text(value: string | null): void {
    if (value === null) return this.null();
    // One UTF-16 unit takes at most three bytes of UTF-8.
    this.#reserve(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4, "utf8");
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += 4 + written;
  }

  int4(value: number | null): void {
    if (value === null) return this.null();
    this.#reserve(8);
    this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(value, this.#length + 4);
  }

  /** A `bigint` column from a safe integer. */
  int8(value: number): void {
    this.#reserve(12);
    this.#bytes.writeInt32BE(8, this.#length);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#bytes.writeInt32BE(high, this.#length + 4);
    this.#length = this.#bytes.writeUInt32BE(value - high * 0x1_0000_0000, this.#length + 8);
  }

  /** A `uuid` column from its canonical text. */
  uuid(value: string): void {
    this.#reserve(20);
    this.#bytes.writeInt32BE(16, this.#length);
    let at = this.#length + 4;
    for (let i = 0; i < 36;) {
      if (i === 8 || i === 13 || i === 18 || i === 23) {
        i++;
        continue;
      }
      this.#bytes[at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
      i += 2;
    }
    this.#length = at;
  }

  /** A `jsonb` column from JSON text in UTF-8: version 1, then the text (jsonb_recv). */
  jsonb(json: Uint8Array): void {
    this.#reserve(5 + json.length);
    this.#bytes.writeInt32BE(json.length + 1, this.#length);
    this.#bytes[this.#length + 4] = 1;
    this.#bytes.set(json, this.#length + 5);
    this.#length += 5 + json.length;
  }

  /** A `timestamptz` column from milliseconds since 1970: microseconds since 2000 on the wire. */
  timestamptz(ms: number | null): void {
    if (ms === null) return this.null();
    this.int8((ms - millisecondsTo2000) * 1000);
  }

  /** The whole stream, with the trailer. The buffer must not be used afterwards. */
  finish(): Uint8Array {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(-1, this.#length);
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const millisecondsTo2000 = Date.UTC(2000, 0, 1);

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
