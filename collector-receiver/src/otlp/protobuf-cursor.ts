import { MalformedOtlpError } from "./malformed-otlp-error.ts";

/**
 * The wire format's primitives over one body. Each read takes the position and leaves the next one
 * in `pos`, so that hot loops keep theirs in a local variable.
 */
export class ProtobufCursor {
  readonly bytes: Buffer;
  readonly view: DataView;
  pos = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Field number and wire type, as they stand: `number << 3 | type`. */
  readTag(pos: number, end: number): number {
    const byte = this.bytes[pos]!;
    if (byte < 0x80) {
      if (byte < 8) throw new MalformedOtlpError("A field number is 1 or more, this one is 0", pos);
      this.pos = pos + 1;
      return byte;
    }
    const tag = this.#readUint32(pos, end);
    if (tag < 8) throw new MalformedOtlpError("A field number is 1 or more, this one is 0", pos);
    return tag;
  }

  /** The length of what follows, which lies within `end`. */
  readLength(pos: number, end: number): number {
    const byte = this.bytes[pos]!;
    let length = byte;
    if (byte < 0x80) this.pos = pos + 1;
    else length = this.#readUint32(pos, end);
    if (!(this.pos + length <= end)) throw this.truncated(pos, "a length-delimited field");
    return length;
  }

  /** A varint that counts something; one beyond 32 bits is cut. */
  readCount(pos: number, end: number): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (pos >= end) throw this.truncated(pos, "a varint");
      const byte = this.bytes[pos++]!;
      if (i < 5) value += (byte & 0x7f) * 128 ** i;
      if (byte < 0x80) {
        this.pos = pos;
        return Math.min(value, 0xffffffff);
      }
    }
    throw new MalformedOtlpError("A varint has at most 10 bytes, this one has more", pos);
  }

  #readUint32(pos: number, end: number): number {
    const start = pos;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      if (pos >= end) throw this.truncated(start, "a varint");
      const byte = this.bytes[pos++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        this.pos = pos;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedOtlpError("A tag or length fits in 32 bits, this one does not", start);
  }

  /**
   * The position after the field whose tag was just read.
   * @param fields expected wire type by field number; 7 for any
   */
  skipField(tag: number, pos: number, end: number, fields: Uint8Array, message: string): number {
    const number = tag >>> 3;
    const type = tag & 7;
    if (number < fields.length) {
      const expected = fields[number]!;
      if (expected !== 7 && expected !== type) {
        throw new MalformedOtlpError(
          `Invalid wire type ${type} for field ${number} of ${message}; expected ${expected}`,
          pos,
        );
      }
    }
    switch (type) {
      case 2: {
        const length = this.readLength(pos, end);
        return this.pos + length;
      }
      case 0:
        for (let i = 0; i < 10; i++) {
          if (pos >= end) throw this.truncated(pos, "a varint");
          if (this.bytes[pos++]! < 0x80) return pos;
        }
        throw new MalformedOtlpError("A varint has at most 10 bytes, this one has more", pos);
      case 1:
        if (pos + 8 > end) throw this.truncated(pos, "a 64-bit field");
        return pos + 8;
      case 5:
        if (pos + 4 > end) throw this.truncated(pos, "a 32-bit field");
        return pos + 4;
      default:
        throw new MalformedOtlpError(`Wire type ${type} is not used in OTLP`, pos);
    }
  }

  truncated(at: number, what: string): MalformedOtlpError {
    return new MalformedOtlpError(`Ends in the middle of ${what}, or the length is wrong`, at);
  }
}
