import type { ByteWords } from "../bytes/byte-words.ts";

/** What a tape holds of a value: where a text stands, or the number itself (a boolean is 0 or 1). */
export const tapeKind = { string: 0, int: 1, double: 2, bool: 3 } as const;

/** An attribute's name that knows which names came after it the last times: mostly the next is one of them. */
export interface ForetoldName {
  readonly words: ByteWords;
  next: ForetoldName | null;
  otherNext: ForetoldName | null;
}

/** An attribute's name; one object for all attributes of that name. */
export interface TapeKey extends ForetoldName {
  /** How encoders begin this attribute in JSON, see `jsonHeadOf`; null where the name is no valid text. */
  readonly jsonHead: ByteWords | null;
  next: TapeKey | null;
  otherNext: TapeKey | null;
}

/** `{"key":"…","value":{"`, as almost every encoder writes it. */
export function jsonHeadOf(name: string): string {
  return `{"key":${JSON.stringify(name)},"value":{"`;
}

/** More attributes than this in the events of one span are read one by one. */
const capacity = 1024;

/**
 * Plain attributes (texts without escapes, integers that a double holds, doubles, booleans) of one or
 * more events in JSON as columns: no call and no object for each. Reused for a whole process.
 */
export class AttributeTape<Key extends TapeKey> {
  readonly keys: Key[] = [];
  readonly kinds = new Uint8Array(capacity);
  readonly starts = new Int32Array(capacity);
  readonly ends = new Int32Array(capacity);
  readonly numbers = new Float64Array(capacity);
  readonly capacity = capacity;
  /** The present log record's end on the tape. */
  to = 0;
  /** The object that stands for a name. */
  readonly find: (bytes: Buffer, start: number, end: number) => Key;
  /** What is before the first attribute. */
  readonly origin: Key;

  constructor(find: (bytes: Buffer, start: number, end: number) => Key) {
    this.find = find;
    this.origin = { ...find(Buffer.from("-"), 0, 1) };
  }
}

/** Names longer than this are not remembered. */
const longestFollower = 255;

/** Remembers that `name` came after `before`. */
export function follow(before: ForetoldName, name: ForetoldName): void {
  if (name.words.length > longestFollower) return;
  before.otherNext = before.next;
  before.next = name;
}

/** Keeps a sender with endless names from building an endless chain: a name that is given up leads nowhere. */
export function forgetFollowers(name: ForetoldName): void {
  name.next = name.otherNext = null;
}
