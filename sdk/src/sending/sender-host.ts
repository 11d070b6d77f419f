/** Where the sender runs: in a worker, or in the product's own thread. */
export interface SenderHost {
  readonly kind: "worker" | "in-process";
  addChunk(memory: SharedArrayBuffer): void;
  /** Called once for each time the sender has gone to sleep; cheap. */
  wake(): void;
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
  close(): void;
}
