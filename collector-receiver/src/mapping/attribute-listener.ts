import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";

/** Hears of attributes and does nothing: a class that extends it says what it listens to. */
export class AttributeListener implements AttributeVisitor {
  key(_bytes: Buffer, _start: number, _end: number): void {}
  string(_bytes: Buffer, _start: number, _end: number): void {}
  int(_value: number): void {}
  wideInt(_high: number, _low: number): void {}
  double(_value: number): void {}
  bool(): void {}
  binary(): void {}
  nothing(): void {}
  malformedValue(): void {}
  malformedAttribute(): void {}
  again(): void {}
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
