import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";

const empty = Buffer.alloc(0);

/** Finds the text of one attribute; empty where it is absent or no text. */
export class NameAttributeReader implements AttributeVisitor {
  value: Buffer = empty;
  private readonly name: Buffer;
  private isName = false;

  constructor(name: Buffer) {
    this.name = name;
  }

  begin(): void {
    this.value = empty;
  }

  key(bytes: Buffer, start: number, end: number): void {
    this.isName = end - start === this.name.length && this.name.compare(bytes, start, end) === 0;
  }

  string(bytes: Buffer, start: number, end: number): void {
    if (this.isName) this.value = bytes.subarray(start, end);
  }

  again(): void {
    if (this.isName) this.value = empty;
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
