import type { SpoolSettings } from "../spool/spool.ts";
import type { PostTarget } from "./post-request.ts";
import type { SourceIdentity } from "./source-identity.ts";

/** How the events of one source are sent. Can be cloned into another thread. */
export interface SenderSettings {
  readonly identity: SourceIdentity;
  readonly target: PostTarget;
  readonly maxBatchEvents: number;
  /** A batch ends at this size of its records. */
  readonly maxBatchBytes: number;
  /** Longest time that an event waits for others, in ms. */
  readonly batchDelayMs: number;
  /** Time without new events after which the source reports its last seq, in ms. */
  readonly reportDelayMs: number;
  /** Keep events on disk until they are acknowledged; null: in memory alone. */
  readonly spool: SpoolSettings | null;
}
