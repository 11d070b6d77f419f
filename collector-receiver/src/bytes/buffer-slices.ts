/**
 * Node's Buffer has a method per encoding that takes no encoding argument; `toString` looks the
 * encoding up on each call, which costs as much as a short text itself.
 */
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
    hexSlice(start: number, end: number): string;
  }
}

export {};
