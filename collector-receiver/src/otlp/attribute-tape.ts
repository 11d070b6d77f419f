import type { ByteWords } from "./byte-words.ts";

/** What a tape holds of a value: where a text stands, or the number itself (a boolean is 0 or 1). */
export const tapeKind = { string: 0, int: 1, double: 2, bool: 3 } as const;

/** An attribute's name; one object for all attributes of that name. */
export interface TapeKey {
  readonly words: ByteWords;
  /** How encoders begin this attribute in JSON, see `jsonHeadOf`; null where the name is no valid text. */
  readonly jsonHead: ByteWords | null;
  /** The names that came after this one the last times: mostly the next is one of them. */
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
 * more events as columns: no call and no object for each. Reused for a whole process.
 */
export class AttributeTape<Key extends TapeKey> {
  readonly keys: Key[] = [];
  readonly kinds = new Uint8Array(capacity);
  readonly starts = new Int32Array(capacity);
  readonly ends = new Int32Array(capacity);
  readonly numbers = new Float64Array(capacity);
  readonly capacity = capacity;
  /** The present event's part. */
  from = 0;
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

/** Remembers that `key` came after `before`. */
export function follow(before: TapeKey, key: TapeKey): void {
  if (key.words.length > longestFollower) return;
  before.otherNext = before.next;
  before.next = key;
}

/** Keeps a sender with endless names from building an endless chain: a name that is given up leads nowhere. */
export function forgetFollowers(key: TapeKey): void {
  key.next = key.otherNext = null;
}
