import { constants } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { Pipeline } from "../pipeline.ts";
import { soon } from "../timers.ts";
import type { OrderedListeners } from "./listener-order.ts";
import { realProcess } from "./real-process.ts";

/** Signals that end a process which does not listen to them. */
const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;
type Signal = (typeof signals)[number];

/**
 * Sends what waits when a signal ends the process, and leaves the signal to the product otherwise. Ours is the
 * first listener and takes itself off while the others run: whoever counts listeners then, to know whether the
 * process is theirs to end, counts the product's.
 */
export class SignalWatch {
  readonly #pipeline: Pipeline;
  readonly #listeners: OrderedListeners;
  readonly #handlers = new Map<string, (name: unknown, number: unknown) => void>();
  #kill: typeof process.kill | null = null;
  #active = false;
  /** The process waits for its end: further signals change nothing. Ctrl-C under npm, for example, comes twice. */
  #ending = false;

  constructor(pipeline: Pipeline, listeners: OrderedListeners) {
    this.#pipeline = pipeline;
    this.#listeners = listeners;
  }

  /** Only the main thread hears signals. */
  start(): void {
    if (this.#active || !isMainThread) return;
    this.#active = true;
    this.#wrapKill();
    for (const signal of signals) this.#listen(signal);
  }

  /** From here on signals do what they do without us. */
  stop(): void {
    this.#active = false;
    for (const signal of signals) this.#listeners.remove(signal);
  }

  #listen(signal: Signal): void {
    if (!this.#active) return;
    let handler = this.#handlers.get(signal);
    if (handler === undefined) {
      handler = (_name, number) => this.#receive(signal, number);
      this.#handlers.set(signal, handler);
    }
    this.#listeners.add(signal, handler, "first");
  }

  #receive(signal: Signal, number: unknown): void {
    // Node passes the number. Without it the product has emitted the event itself: nothing ends.
    if (typeof number !== "number") return;
    if (!this.#hasOthers(signal)) {
      this.#end(() => realProcess.kill(realProcess.pid, signal));
      return;
    }
    this.#listeners.remove(signal);
    this.#pipeline.sendNow();
    soon(() => this.#listen(signal));
  }

  /** The product listens too. */
  #hasOthers(signal: Signal): boolean {
    return realProcess.listeners(signal).some((listener) => listener !== this.#handlers.get(signal));
  }

  /** Waits as an exit does, then ends the process. Ours stays the listener until then: without one a signal kills. */
  #end(kill: () => void): void {
    if (this.#ending) return;
    this.#ending = true;
    const end = (): void => {
      this.#pipeline.finishNow();
      this.stop();
      kill();
    };
    if (this.#pipeline.status().sending === "in-process") {
      void this.#pipeline.shutdown(this.#pipeline.exitWaitMs).then(end);
    } else end();
  }

  /**
   * A product that is done with a signal raises it again: `process.kill(process.pid, signal)`. Without a listener
   * that ends the process at once, before anything can be sent.
   */
  #wrapKill(): void {
    if (this.#kill !== null) return;
    const original = realProcess.kill;
    this.#kill = original;
    const kill = (pid: number, signal?: string | number): true => {
      const end = (): true => Reflect.apply(original, realProcess, [pid, signal]);
      // As Node reads it: whatever is falsy is SIGTERM, but for the number 0.
      const asked = signal === 0 ? signal : signal || "SIGTERM";
      const ours = signals.find((one) => one === asked || constants.signals[one] === asked);
      const isSelf = Number(pid) === realProcess.pid || Number(pid) === 0;
      if (!this.#active || ours === undefined || !isSelf || this.#hasOthers(ours)) return end();
      this.#end(end);
      return true;
    };
    realProcess.kill = kill;
  }
}
