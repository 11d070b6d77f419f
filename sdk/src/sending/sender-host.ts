import type { SharedChunk } from "../recording/chunk.ts";
import type { SharedRoom } from "../recording/event-queue.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";

/** Where the sender runs: in a worker, in the product's own thread, or in the worker of the main thread. */
export interface SenderHost {
  readonly kind: "worker" | "in-process" | "main-thread";
  /** What this thread shares with others that leave their events to the same sender; null if it is the sender's own. */
  readonly shared: SharedRoom | null;
  /** The source begins, or goes on with other options. */
  announce(source: SourceAnnouncement): void;
  addChunk(chunk: SharedChunk): void;
  /** Called once for each time the sender has gone to sleep; cheap. */
  wake(source: SourceAnnouncement): void;
  /** Resolves when every event up to this sequence number is settled. */
  flush(seq: number): Promise<void>;
  /** Sends everything and the last report. */
  finish(): Promise<void>;
  /**
   * The same from an `exit` handler, where nothing asynchronous happens any more.
   * @param waitMs longest wait
   * @returns how long it waited, in ms
   */
  finishAtExit(waitMs: number): number;
  /** Keeps the process alive, or no longer. */
  hold(alive: boolean): void;
  /** Ends the source, and the sender unless other threads use it; true if it is ended. */
  end(): boolean;
  /** Ends the sender at once. */
  close(): void;
}
