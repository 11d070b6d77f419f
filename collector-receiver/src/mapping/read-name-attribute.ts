import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";

const empty = Buffer.alloc(0);

/** Finds the text of the first of some attributes that is there and is a text. */
export class NameAttributeReader implements AttributeVisitor {
  readonly #names: readonly Buffer[];
  readonly #values: Buffer[];
  /** Which of the names the present attribute has; -1 for none. */
  #at = -1;

  constructor(names: readonly Buffer[]) {
    this.#names = names;
    this.#values = names.map(() => empty);
  }

  begin(): void {
    this.#values.fill(empty);
  }

  /** Empty if none is there. */
  get value(): Buffer {
    return this.#values.find((value) => value.length > 0) ?? empty;
  }

  /** The attribute's name; null if none is there. */
  get name(): Buffer | null {
    return this.#names[this.#values.findIndex((value) => value.length > 0)] ?? null;
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.#at = this.#names.findIndex((name) => end - start === name.length && name.compare(bytes, start, end) === 0);
  }

  string(bytes: Buffer, start: number, end: number): void {
    if (this.#at >= 0) this.#values[this.#at] = bytes.subarray(start, end);
  }

  again(): void {
    if (this.#at >= 0) this.#values[this.#at] = empty;
  }

  int(): void {}
  wideInt(): void {}
  double(): void {}
  bool(): void {}
  binary(): void {}
  nothing(): void {}
  malformedValue(): void {}
  malformedAttribute(): void {}
  tooLarge(): void {}
  beginArray(): boolean {
    return false;
  }
  endArray(): void {}
  beginMap(): boolean {
    return false;
  }
  endMap(): void {}
}
