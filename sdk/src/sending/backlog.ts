/** Records of one batch, in the memory where they lie. */
export interface RecordBatch {
  readonly count: number;
  /** Size of the records. */
  readonly bytes: number;
  /** Sequence number of the first record; those behind it are higher. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Record `i` lies in `chunks[i]` at `offsets[i]`. */
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly view: DataView }[];
  readonly offsets: readonly number[];
}

/** Events that wait, in memory or on disk. */
export interface Backlog {
  /** How many records wait, counting no further than `enough`. */
  count(enough: number): number;
  /** Takes the oldest records, at most `maxRecords` and about `maxBytes`; null if none wait. */
  take(maxRecords: number, maxBytes: number): RecordBatch | null;
  /** The batch needs no further attempt: its memory or disk space may be used again. */
  settle(batch: RecordBatch): void;
  /** No record with a lower sequence number waits; Infinity if none waits. */
  readonly nextSeq: number;
}
