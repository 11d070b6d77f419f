import { hexDigits } from "../bytes/hex.ts";

/** How writing a text ended. */
export const textState = { ascii: 0, unicode: 1, nul: 2, invalid: 3, tooLarge: 4 } as const;
export type TextState = (typeof textState)[keyof typeof textState];

/** Small events share a chunk; at most a quarter of it stays unused. */
export const sharedChunkBytes = 256 * 1024;
/** Longest number: a double has 24 characters, a 64-bit integer 20. */
const numberBytes = 32;

const trueText = Buffer.from("true");
const falseText = Buffer.from("false");
const quote = 0x22;
const backslash = 0x5c;
const base64Alphabet = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

/**
 * Where `event_data` is written: once, from the wire's bytes to JSON. An event lies in one piece; `begin`
 * makes sure that its largest size fits, so that writing checks only against that size.
 */
export class EventDataArena {
  protected chunk: Buffer = Buffer.alloc(0);
  protected view = new DataView(this.chunk.buffer);
  /** Behind what was taken. */
  protected next = 0;
  protected start = 0;
  protected pos = 0;
  #limit = 0;

  /** Starts an event of at most `maxBytes`; what was begun and not taken is given up. */
  begin(maxBytes: number): void {
    this.beginWithin(maxBytes, 0, 0);
  }

  /** As `begin`, with room in front of the event and behind it. */
  protected beginWithin(maxBytes: number, before: number, behind: number): void {
    const needed = before + maxBytes + Math.max(behind, numberBytes);
    if (this.next + needed > this.chunk.length) {
      this.chunk = this.nextChunk(needed);
      this.view = new DataView(this.chunk.buffer);
      this.next = 0;
    }
    this.start = this.next + before;
    this.pos = this.start;
    this.#limit = this.start + maxBytes;
  }

  /** Memory of at least `bytes`, to go on in. */
  protected nextChunk(bytes: number): Buffer {
    return Buffer.allocUnsafeSlow(Math.max(sharedChunkBytes, bytes));
  }

  /** Makes an object of what was written: members stand there as `,"key":value`. */
  protected endObject(): void {
    if (this.pos === this.start) this.pos++;
    this.chunk[this.start] = 0x7b;
    this.chunk[this.pos++] = 0x7d;
  }

  /** Bytes written since `begin`. */
  get length(): number {
    return this.pos - this.start;
  }

  /** Takes back what was written behind that length. */
  set length(length: number) {
    this.pos = this.start + length;
  }

  /** A copy of what was written between two lengths. */
  copy(from: number, to: number): Buffer {
    return Buffer.from(this.chunk.subarray(this.start + from, this.start + to));
  }

  /** `bytes` from an index on; false if the event would be too large. */
  writeRaw(bytes: Buffer, from = 0): boolean {
    const length = bytes.length;
    let pos = this.pos;
    if (pos + length + 1 > this.#limit) return false;
    const chunk = this.chunk;
    for (let i = from; i < length; i++) chunk[pos++] = bytes[i]!;
    this.pos = pos;
    return true;
  }

  writeBool(value: boolean): boolean {
    return this.writeRaw(value ? trueText : falseText);
  }

  writeByte(byte: number): boolean {
    if (this.pos + 2 > this.#limit) return false;
    this.chunk[this.pos++] = byte;
    return true;
  }

  /** ASCII, such as a number's text. */
  writeAscii(text: string): boolean {
    if (this.pos + text.length + 1 > this.#limit) return false;
    for (let i = 0; i < text.length; i++) this.chunk[this.pos++] = text.charCodeAt(i);
    return true;
  }

  /** A finite number as `String` writes it. */
  writeNumber(value: number): boolean {
    return this.writeAscii(String(value));
  }

  /** A JSON string; validates UTF-8 and escapes in the same pass. */
  writeString(bytes: Buffer, start: number, end: number): TextState {
    const chunk = this.chunk;
    const limit = this.#limit - 2;
    let pos = this.pos;
    if (pos + (end - start) + 1 > limit) return this.#checkOnly(bytes, start, end);
    let state: TextState = textState.ascii;
    chunk[pos++] = quote;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x20 && byte < 0x80 && byte !== quote && byte !== backslash) {
        chunk[pos++] = byte;
      } else if (byte >= 0x80) {
        const length = utf8Length(bytes, i, end);
        if (length === 0) return textState.invalid;
        state = textState.unicode;
        for (let n = 0; n < length; n++) chunk[pos++] = bytes[i + n]!;
        i += length - 1;
      } else {
        if (byte === 0) return textState.nul;
        if (pos + 6 + (end - i) > limit) return this.#checkOnly(bytes, i, end);
        chunk[pos++] = backslash;
        if (byte >= 0x20) {
          chunk[pos++] = byte;
        } else {
          chunk[pos++] = 0x75;
          chunk[pos++] = 0x30;
          chunk[pos++] = 0x30;
          chunk[pos++] = hexDigits[byte >> 4]!;
          chunk[pos++] = hexDigits[byte & 15]!;
        }
      }
    }
    chunk[pos++] = quote;
    this.pos = pos;
    return state;
  }

  /** Too large, unless the text is worse than that. */
  #checkOnly(bytes: Buffer, start: number, end: number): TextState {
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === 0) return textState.nul;
      if (byte >= 0x80) {
        const length = utf8Length(bytes, i, end);
        if (length === 0) return textState.invalid;
        i += length - 1;
      }
    }
    return textState.tooLarge;
  }

  /** A JSON string of standard base64. */
  writeBase64(bytes: Buffer, start: number, end: number): boolean {
    const chunk = this.chunk;
    let pos = this.pos;
    if (pos + Math.ceil((end - start) / 3) * 4 + 3 > this.#limit) return false;
    chunk[pos++] = quote;
    for (let i = start; i < end; i += 3) {
      const left = end - i;
      const second = left > 1 ? bytes[i + 1]! : 0;
      const third = left > 2 ? bytes[i + 2]! : 0;
      const bits = (bytes[i]! << 16) | (second << 8) | third;
      chunk[pos++] = base64Alphabet[bits >> 18]!;
      chunk[pos++] = base64Alphabet[(bits >> 12) & 63]!;
      chunk[pos++] = left > 1 ? base64Alphabet[(bits >> 6) & 63]! : 0x3d;
      chunk[pos++] = left > 2 ? base64Alphabet[bits & 63]! : 0x3d;
    }
    chunk[pos++] = quote;
    this.pos = pos;
    return true;
  }
}

/** Bytes of the character at `at`, 0 if it is not valid UTF-8 (overlong, surrogate, beyond U+10FFFF, cut). */
function utf8Length(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1]!;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}
