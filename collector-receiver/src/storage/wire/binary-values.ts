/**
 * Values in PostgreSQL's binary form, each behind its length, one after the other: what COPY rows and
 * array parameters are made of. Numbers are big-endian; a length of -1 is null.
 */
export class BinaryValues {
  protected bytes: Buffer;
  protected length = 0;

  constructor(initialBytes: number) {
    this.bytes = Buffer.allocUnsafe(initialBytes);
  }

  null(): void {
    this.reserve(4);
    this.writeInt32(-1);
  }

  /** A `text` or `varchar`. */
  text(value: string | null): void {
    if (value === null) return this.null();
    // One UTF-16 unit takes at most three bytes of UTF-8.
    this.reserve(4 + value.length * 3);
    const start = this.length + 4;
    if (value.length <= maxByHand) {
      const { bytes } = this;
      let at = start;
      let code = 0;
      for (let i = 0; i < value.length; i++) {
        code = value.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[at++] = code;
      }
      if (code <= 0x7f) {
        this.writeInt32(value.length);
        this.length = at;
        return;
      }
    }
    const written = this.bytes.write(value, start, "utf8");
    this.writeInt32(written);
    this.length += written;
  }

  int4(value: number | null): void {
    if (value === null) return this.null();
    this.reserve(8);
    this.writeInt32(4);
    this.writeInt32(value);
  }

  /** A `bigint` from a safe integer. */
  int8(value: number | null): void {
    if (value === null) return this.null();
    this.reserve(12);
    this.writeInt32(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.writeInt32(high);
    this.writeInt32((value - high * 0x1_0000_0000) | 0);
  }

  /** A `uuid` from its canonical lower-case text. */
  uuid(value: string | null): void {
    if (value === null) return this.null();
    this.reserve(20);
    this.writeInt32(16);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < 36;) {
      if (i === 8 || i === 13 || i === 18 || i === 23) {
        i++;
        continue;
      }
      bytes[at++] = (hexDigit(value.charCodeAt(i)) << 4) | hexDigit(value.charCodeAt(i + 1));
      i += 2;
    }
    this.length = at;
  }

  /** A `uuid` from its 16 bytes. */
  uuidBytes(source: Buffer, start: number): void {
    this.reserve(20);
    this.writeInt32(16);
    const { bytes } = this;
    for (let i = 0; i < 16; i++) bytes[this.length++] = source[start + i] as number;
  }

  /** A `jsonb` from JSON text in UTF-8: version 1, then the text (jsonb_recv). */
  jsonb(json: Uint8Array): void {
    this.reserve(5 + json.length);
    this.writeInt32(json.length + 1);
    this.bytes[this.length++] = 1;
    this.bytes.set(json, this.length);
    this.length += json.length;
  }

  /** A `bytea`. */
  bytea(value: Uint8Array): void {
    this.reserve(4 + value.length);
    this.writeInt32(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  /** A `timestamptz` from milliseconds since 1970: microseconds since 2000 on the wire. */
  timestamptz(ms: number | null): void {
    this.int8(ms === null ? null : (ms - millisecondsTo2000) * 1000);
  }

  /** A `date` from `YYYY-MM-DD`: days since 2000 on the wire. */
  date(day: string): void {
    const ms = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)));
    this.int4((ms - millisecondsTo2000) / 86_400_000);
  }

  protected writeInt16(value: number): void {
    const { bytes } = this;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value;
  }

  protected writeInt32(value: number): void {
    const { bytes } = this;
    bytes[this.length++] = value >> 24;
    bytes[this.length++] = value >> 16;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value;
  }

  protected reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/** Up to here a loop over ASCII is faster than a call into Node's C++ (measured: 30 against 80 ns). */
const maxByHand = 64;
const millisecondsTo2000 = Date.UTC(2000, 0, 1);

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
