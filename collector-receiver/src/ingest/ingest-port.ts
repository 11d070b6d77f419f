import type { MappedRequest } from "../mapping/business-event.ts";
import type { AlarmCode } from "./alarm-codes.ts";

/** What ingest did with one request; resolves only after the transaction has committed. */
export interface IngestResult {
  /** Rows that this request added. */
  readonly inserted: number;
  /** Events that were there already. */
  readonly duplicates: number;
  /** Of these, events that two processes may have recorded; undefined: none. */
  readonly ambiguous?: number;
  /** Events that PostgreSQL itself refused as data; they are in `analytics_rejected_events` now. */
  readonly refused: readonly { readonly code: string; readonly reason: string }[];
  /** Rejected events that were counted without being kept, as their tenant has had its bound today; undefined: none. */
  readonly unkept?: number;
  /** The request was an event that was kept until now, and an erasure has taken it: nothing of it is committed. */
  readonly isForgotten?: true;
}

/** The door from a request to the committed rows and counters. */
export interface Ingest {
  /**
   * Resolves after the commit that holds the rows and the counters. From then on nothing reads the rows of its events: other events may
   * be written in their memory.
   * @param bytes what the request occupies in memory while it waits; the queue is bounded in bytes, by
   *   tenant too
   * @throws UnavailableError if nothing was committed and the sender has to try again
   */
  submit(request: MappedRequest, bytes: number): Promise<IngestResult>;
  /**
   * Resolves when the next batches have room for more; undefined if they have it now. A sender's bytes
   * take a tenth of the memory of its events: what has to wait anyway waits better undecoded.
   */
  whenRoom?(): Promise<void> | undefined;
  /** For how long the oldest request waits for its commit, in ms. */
  oldestWaitMs?(): number;
  /** Why no batch can be begun now, in a clause that strangers may read; undefined: one can. Writes nothing. */
  findBeginProblem?(): Promise<string | undefined>;
}

export type UnavailableCode =
  | "queue_full"
  | "tenant_queue_full"
  | "database_unavailable"
  | "commit_outcome_unknown"
  | "draining"
  | "too_many_requests"
  | "tenant_too_many_requests"
  | "tenant_busy"
  | "period_sealed"
  | AlarmCode;

/** What a sender is told of a fault of ours: the error itself may hold what is not the sender's to read. */
export const faultText = "The receiver failed; its log says why. Nothing was committed: send again.";

/** Transient by definition: answered with 503 or 429 and `Retry-After`, never 400 or 500. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly code: UnavailableCode;
  readonly retryAfterSeconds: number;
  constructor(code: UnavailableCode, message: string, retryAfterSeconds = 1, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
