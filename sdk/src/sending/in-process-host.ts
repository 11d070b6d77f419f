import { context } from "@opentelemetry/api";
import type { ControlBlock } from "../recording/control-block.ts";
import type { SenderHost } from "./sender-host.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import { soon, startInterval, stopInterval } from "../timers.ts";
import { Sender, type SenderSettings } from "./sender.ts";

/**
 * OpenTelemetry's own mark for "no spans in here" (`suppressTracing` of `@opentelemetry/core`): the
 * product's HTTP instrumentation would otherwise make a span of each of our requests.
 */
const suppressTracing = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** Runs the sender in the product's thread, where there is no worker. */
export class InProcessHost implements SenderHost {
  readonly kind = "in-process";
  readonly #sender: Sender;
  #scheduled = false;
  #keepAlive: NodeJS.Timeout | null = null;

  constructor(settings: SenderSettings, control: ControlBlock, number: number, notify: (notice: SenderNotice) => void) {
    this.#sender = new Sender(settings, control, number, notify);
  }

  addChunk(memory: SharedArrayBuffer): void {
    // At once: a flush in the same turn has to know of it.
    this.#sender.addChunk(memory);
    this.wake();
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Later, so that nothing is compressed or sent while the caller waits.
    soon(() => {
      this.#scheduled = false;
      this.#quietly(() => this.#sender.wake());
    });
  }

  flush(seq: number): Promise<void> {
    return this.#quietly(() => this.#sender.flush(seq));
  }

  finish(): Promise<void> {
    return this.#quietly(() => this.#sender.finish());
  }

  finishAtExit(): number {
    // Nothing can be sent any more; `beforeExit` had its chance.
    return 0;
  }

  hold(alive: boolean): void {
    if (this.#keepAlive !== null) stopInterval(this.#keepAlive);
    this.#keepAlive = alive ? startInterval(1000, () => undefined).ref() : null;
  }

  close(): void {
    this.hold(false);
    this.#sender.close();
  }

  #quietly<T>(run: () => T): T {
    return context.with(context.active().setValue(suppressTracing, true), run);
  }
}
