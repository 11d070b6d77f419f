/** What a tape holds of a value: where a text stands, or the number itself (a boolean is 0 or 1). */
export const tapeKind = { string: 0, int: 1, double: 2, bool: 3 } as const;

/** An attribute's name; one object for all attributes of that name. */
export type TapeKey = object;

/** More attributes in the events of one span are read one by one. */
const maxAttributes = 1024;

/**
 * Plain attributes (texts without escapes, integers that a double holds, doubles, booleans) of one or
 * more events in JSON as columns: no call and no object for each. Reused for a whole process.
 */
export class AttributeTape<Key extends TapeKey> {
  readonly keys: Key[] = [];
  readonly kinds = new Uint8Array(maxAttributes);
  readonly starts = new Int32Array(maxAttributes);
  readonly ends = new Int32Array(maxAttributes);
  readonly numbers = new Float64Array(maxAttributes);
  readonly capacity = maxAttributes;
  /** The present log record's end on the tape. */
  to = 0;
  /** The object that stands for a name. */
  readonly find: (bytes: Buffer, start: number, end: number) => Key;

  constructor(find: (bytes: Buffer, start: number, end: number) => Key) {
    this.find = find;
  }
}
