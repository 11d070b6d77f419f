import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import { controlWord, type ControlBlock } from "../recording/control-block.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import type { SenderHost } from "./sender-host.ts";
import type { SenderSettings } from "./sender.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./worker-messages.ts";
import { workerSource } from "./worker-source.ts";

/** A blocking wait is made of waits of this length, in ms. */
const waitSliceMs = 20;

/** Runs the sender in a worker thread of its own. */
export class WorkerHost implements SenderHost {
  readonly kind = "worker";
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #control: ControlBlock;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #waiting = new Map<number, () => void>();
  #nextId: number;
  #closed = false;

  /**
   * @param onDeath called when the worker ends without having been asked to
   * @throws where workers cannot be started, for example under Node's permission model
   */
  constructor(
    settings: SenderSettings,
    control: ControlBlock,
    number: number,
    notify: (notice: SenderNotice) => void,
    onDeath: (reason: string) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = {
      spanledger: "sender",
      settings,
      control: control.memory,
      number,
      port: port2,
    };
    this.#control = control;
    // A worker before this one has left its last number there.
    this.#nextId = Atomics.load(control.words, controlWord.done) + 1;
    this.#notify = notify;
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
    });
    this.#worker.unref();
    let failure = "";
    this.#worker.on("error", (error) => {
      failure = String(error);
    });
    this.#worker.on("exit", (code) => {
      if (this.#closed) return;
      this.#closed = true;
      onDeath(failure === "" ? `it ended with code ${code}` : failure);
    });
    port1.on("message", (message: FromWorker) => this.#receive(message));
    port1.unref();
  }

  addChunk(memory: SharedArrayBuffer): void {
    this.#post({ kind: "chunk", memory });
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
    const { words } = this.#control;
    // Added up instead of read from a clock: a test of the product may have stopped that.
    let waited = 0;
    while (waited < waitMs) {
      const done = Atomics.load(words, controlWord.done);
      // An earlier shutdown that was given up may be done first: that is not what is waited for.
      if (done >= id) break;
      const slice = Math.min(waitSliceMs, waitMs - waited);
      if (Atomics.wait(words, controlWord.done, done, slice) === "timed-out") waited += slice;
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

  close(): void {
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
    if (message.kind === "notice") this.#notify(message.notice);
    else {
      this.#waiting.get(message.id)?.();
      this.#waiting.delete(message.id);
    }
  }
}
