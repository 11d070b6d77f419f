import { AttributeListener } from "./attribute-listener.ts";

const empty = Buffer.alloc(0);

/** Finds the text of the first of some attributes that is there and is a text. */
export class NameAttributeReader extends AttributeListener {
  readonly #names: readonly Buffer[];
  readonly #values: Buffer[];
  /** Which of the names the present attribute has; -1 for none. */
  #at = -1;

  constructor(names: readonly Buffer[]) {
    super();
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

  override key(bytes: Buffer, start: number, end: number): void {
    this.#at = this.#names.findIndex((name) => end - start === name.length && name.compare(bytes, start, end) === 0);
  }

  override string(bytes: Buffer, start: number, end: number): void {
    if (this.#at >= 0) this.#values[this.#at] = bytes.subarray(start, end);
  }

  override again(): void {
    if (this.#at >= 0) this.#values[this.#at] = empty;
  }
}
