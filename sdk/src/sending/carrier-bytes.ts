import { writeVarint } from "../recording/protobuf-bytes.ts";

/** A buffer that grows, and the fields of OTLP's messages that carriers have. */
export class CarrierBytes {
  #out = new Uint8Array(64 * 1024);
  #view = new DataView(this.#out.buffer);
  /** Where the next field begins. */
  at = 0;

  /** All bytes up to `at`; valid until the next write. */
  get written(): Uint8Array {
    return this.#out.subarray(0, this.at);
  }

  /** The memory, for whoever writes into it by himself; another one after `reserve`. */
  get memory(): Uint8Array {
    return this.#out;
  }

  /** Makes room for this many bytes more; what is written behind it checks nothing. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.at + bytes));
    grown.set(this.written);
    this.#out = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Tag and length of a message or string. */
  head(tag: number, length: number): void {
    this.#out[this.at] = tag;
    this.at = writeVarint(this.#out, this.at + 1, length);
  }

  /** A tag and one byte: an enum, or a length below 128. */
  byte(tag: number, value: number): void {
    this.#out[this.at] = tag;
    this.#out[this.at + 1] = value;
    this.at += 2;
  }

  bytesField(tag: number, content: Uint8Array): void {
    this.head(tag, content.length);
    this.copy(content);
  }

  copy(content: Uint8Array): void {
    this.#out.set(content, this.at);
    this.at += content.length;
  }

  fixed32(value: number): void {
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** `fixed64` of a time in nanoseconds, exact: 64 bits never pass through a double. */
  nanoseconds(tag: number, timeMs: number): void {
    const lowPart = (timeMs % 65_536) * 1_000_000;
    const highPart = Math.floor(timeMs / 65_536) * 1_000_000;
    const low = (highPart % 65_536) * 65_536 + (lowPart % 0x1_0000_0000);
    const high = Math.floor(highPart / 65_536) + Math.floor(lowPart / 0x1_0000_0000) + Math.floor(low / 0x1_0000_0000);
    this.#out[this.at] = tag;
    this.#view.setUint32(this.at + 1, low % 0x1_0000_0000, true);
    this.#view.setUint32(this.at + 5, high, true);
    this.at += 9;
  }
}
