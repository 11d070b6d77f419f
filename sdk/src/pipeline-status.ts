import { controlCounter, countPending } from "./recording/control-block.ts";
import type { EventRecorder } from "./recording/event-recorder.ts";
import type { SenderHost } from "./sending/sender-host.ts";

/** What the pipeline has done so far. */
export interface PipelineStatus {
  readonly state: "not started" | "running" | "stopped" | "disabled";
  /** Where: in a worker of this thread, in this thread, or in the worker of the main thread. */
  readonly sending: SenderHost["kind"] | null;
  /** Events that were given a sequence number. */
  readonly recorded: number;
  /** Acknowledged by the receiver. */
  readonly sent: number;
  /** Dropped because the queue was full. */
  readonly dropped: number;
  /** Refused by the receiver for good. */
  readonly refused: number;
  /** Taken by the receiver but kept apart as rejected. */
  readonly rejected: number;
  /** Neither acknowledged, dropped nor refused yet. */
  readonly pending: number;
  readonly failedAttempts: number;
  /** Highest sequence number that was written to the spool, so that it outlives the process; 0 without a spool. */
  readonly spooledSeq: number;
  /** Highest sequence number of the spool that fsync has reached, so that it outlives a power failure. */
  readonly syncedSeq: number;
  /** Calls with something wrong in them. */
  readonly problems: number;
}

/** The status of a thread's pipeline, from the counters that it shares with its sender. */
export function readStatus(
  state: PipelineStatus["state"],
  sending: PipelineStatus["sending"],
  { seq, dropped, problems, control }: EventRecorder,
): PipelineStatus {
  const read = (counter: number): number => control.counters[counter] ?? 0;
  return {
    state,
    sending,
    recorded: seq,
    sent: read(controlCounter.sent),
    dropped,
    refused: read(controlCounter.refused),
    rejected: read(controlCounter.rejected),
    pending: countPending(control, seq),
    failedAttempts: read(controlCounter.failedAttempts),
    spooledSeq: read(controlCounter.storedSeq),
    syncedSeq: read(controlCounter.syncedSeq),
    problems,
  };
}
