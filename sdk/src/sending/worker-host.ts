import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { SharedChunk } from "../recording/chunk.ts";
import type { MeetingPoint } from "../threads/meeting-point.ts";
import type { ToMainSender } from "../threads/thread-messages.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import type { SenderHost } from "./sender-host.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";
import { workerSource } from "./worker-source.ts";

/** A blocking wait is made of waits of this length, in ms. Few: on a busy machine each lasts somewhat longer. */
const waitSliceMs = 250;

export interface WorkerSurroundings {
  /** Where other threads find the sender; null for the sender of one thread. */
  readonly point: MeetingPoint | null;
  readonly notify: (notice: SenderNotice) => void;
  /** The worker hears other threads by itself from now on. */
  readonly onListening: () => void;
  /** Called when the worker ends without having been asked to. */
  readonly onDeath: (reason: string) => void;
  /** Whether other threads use the sender too. */
  readonly isShared: () => boolean;
}

/** Runs the sender in a worker thread of its own. */
export class WorkerHost implements SenderHost {
  readonly kind = "worker";
  readonly shared = null;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #onListening: () => void;
  readonly #isShared: () => boolean;
  readonly #waiting = new Map<number, () => void>();
  /** Highest number of a `finish` that the worker is done with; an exit waits on it. */
  readonly #done = new Int32Array(new SharedArrayBuffer(4));
  #nextId = 1;
  #closed = false;

  /** @throws if workers cannot be started, for example under Node's permission model */
  constructor({ point, notify, onListening, onDeath, isShared }: WorkerSurroundings) {
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = { spanledger: "sender", port: port2, point, done: this.#done.buffer };
    this.#notify = notify;
    this.#onListening = onListening;
    this.#isShared = isShared;
    this.#port = port1;
    // No execArgv: `--import @spanledger/sdk/register` would otherwise start everything again in
    // there. No environment either: the worker gets what it needs in its settings.
    this.#worker = new Worker(workerSource, {
      eval: true,
      name: "spanledger",
      workerData: start,
      transferList: [port2],
      execArgv: [],
      env: {},
      // Node would pipe them into the product's: a pipe makes an EPIPE there an error that nobody handles.
      stdout: true,
      stderr: true,
      // What it makes is garbage at once: more room would only fill up, and stay (3 MB).
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.unref();
    let failure = "";
    this.#worker.on("error", (error) => {
      failure = String(error);
    });
    this.#worker.on("exit", (code) => {
      if (this.#closed) return;
      this.close();
      onDeath(failure === "" ? `it ended with code ${code}` : failure);
    });
    port1.on("message", (message: FromWorker) => this.#receive(message));
    port1.unref();
  }

  announce(source: SourceAnnouncement): void {
    this.#post({ kind: "source", source });
  }

  addChunk(chunk: SharedChunk): void {
    this.#post({ kind: "chunk", chunk });
  }

  wake(): void {
    this.#post({ kind: "wake" });
  }

  flush(seq: number): Promise<void> {
    return this.#ask((id) => ({ kind: "flush", id, seq }));
  }

  finish(): Promise<void> {
    return this.#ask((id) => ({ kind: "finish", id }));
  }

  finishAtExit(waitMs: number): number {
    const id = this.#nextId++;
    this.#post({ kind: "finish", id });
    // Added up instead of read from a clock: a test of the product may have stopped that.
    let waited = 0;
    while (waited < waitMs) {
      const done = Atomics.load(this.#done, 0);
      // An earlier shutdown that was given up may be done first: that is not what is waited for.
      if (done >= id) break;
      const slice = Math.min(waitSliceMs, waitMs - waited);
      if (Atomics.wait(this.#done, 0, done, slice) === "timed-out") waited += slice;
    }
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return waited;
      this.#receive(received.message as FromWorker);
    }
  }

  hold(alive: boolean): void {
    if (alive) this.#worker.ref();
    else this.#worker.unref();
  }

  end(): boolean {
    if (this.#isShared()) {
      this.#post({ kind: "end" });
      return false;
    }
    this.close();
    return true;
  }

  /** Other options for threads in which nobody starts the SDK. */
  movePoint(point: MeetingPoint): void {
    this.#post({ kind: "point", point });
  }

  /** What another thread said before the worker heard it itself. */
  relay(message: ToMainSender): void {
    this.#post({ kind: "relayed", message });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.close();
    void this.#worker.terminate();
  }

  #ask(message: (id: number) => ToWorker): Promise<void> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post(message(id));
    });
  }

  #post(message: ToWorker): void {
    this.#port.postMessage(message);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "notice":
        this.#notify(message.notice);
        break;
      case "settled":
        this.#waiting.get(message.id)?.();
        this.#waiting.delete(message.id);
        break;
      case "listening":
        this.#onListening();
        break;
    }
  }
}
