import { context } from "@opentelemetry/api";
import type { SharedChunk } from "../recording/chunk.ts";
import type { SenderHost } from "./sender-host.ts";
import type { SenderNotice } from "./deliver-batch.ts";
import { soon, startInterval, stopInterval } from "../timers.ts";
import { Sender } from "./sender.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";

/**
 * OpenTelemetry's own flag for "no spans in here" (`suppressTracing` of `@opentelemetry/core`): the
 * product's HTTP instrumentation would otherwise make a span of each of our requests.
 */
const suppressTracing = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

/** Runs the sender in the product's thread, if there is no worker. */
export class InProcessHost implements SenderHost {
  readonly kind = "in-process";
  readonly shared = null;
  readonly #sender: Sender;
  #sourceId = "";
  #scheduled = false;
  #keepAlive: NodeJS.Timeout | null = null;

  constructor(notify: (notice: SenderNotice) => void) {
    this.#sender = new Sender(notify);
  }

  announce(source: SourceAnnouncement): void {
    this.#sourceId = source.settings.identity.sourceId;
    // At once: a flush in the same turn has to know of it.
    this.#sender.learn(source, true);
    this.wake();
  }

  addChunk(chunk: SharedChunk): void {
    this.#sender.learnChunk(this.#sourceId, chunk);
    this.wake();
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Later, so that nothing is compressed or sent while the caller waits.
    soon(() => {
      this.#scheduled = false;
      this.#quietly(() => this.#sender.wake(this.#sourceId));
    });
  }

  flush(seq: number): Promise<void> {
    return this.#quietly(() => this.#sender.flush(this.#sourceId, seq));
  }

  finish(): Promise<void> {
    return this.#quietly(() => this.#sender.finishAll());
  }

  finishAtExit(): number {
    // Nothing can be sent any more; `beforeExit` had its chance.
    return 0;
  }

  hold(alive: boolean): void {
    if (this.#keepAlive !== null) stopInterval(this.#keepAlive);
    this.#keepAlive = alive ? startInterval(1000, () => undefined).ref() : null;
  }

  end(): boolean {
    this.close();
    return true;
  }

  close(): void {
    this.hold(false);
    this.#sender.close();
  }

  #quietly<T>(run: () => T): T {
    return context.with(context.active().setValue(suppressTracing, true), run);
  }
}
