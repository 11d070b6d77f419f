import type { SharedChunk } from "../recording/chunk.ts";
import { controlWord, openControlBlock } from "../recording/control-block.ts";
import type { SenderHost } from "../sending/sender-host.ts";
import type { SourceAnnouncement } from "../sending/source-announcement.ts";
import { startInterval, stopInterval } from "../timers.ts";
import type { MeetingState } from "./meeting-point.ts";
import { channelNames, postToThreads } from "./thread-channels.ts";
import type { ToMainSender } from "./thread-messages.ts";

/** How often a thread that waits looks whether the main thread's sender is done, in ms. */
const lookIntervalMs = 10;

/** Leaves the events of this thread to the sender of the main thread, with which it shares their memory. */
export class RelayHost implements SenderHost {
  readonly kind = "main-thread";
  readonly shared: MeetingState;
  readonly #describe: () => SourceAnnouncement;
  readonly #waiting = new Map<number, () => void>();
  #nextId: number;
  #looking: NodeJS.Timeout | null = null;
  #held = false;

  /** @param describe the source as it is now */
  constructor(state: MeetingState, describe: () => SourceAnnouncement) {
    this.shared = state;
    this.#describe = describe;
    this.#nextId = this.#done + 1;
  }

  announce(source: SourceAnnouncement): void {
    this.shared.countAnnouncement();
    this.#post({ kind: "source", source });
  }

  addChunk(chunk: SharedChunk): void {
    this.#post({ kind: "chunk", sourceId: this.#describe().settings.identity.sourceId, chunk });
  }

  wake(source: SourceAnnouncement): void {
    this.announce(source);
  }

  flush(seq: number): Promise<void> {
    return this.#ask((source, id) => ({ kind: "flush", source, seq, id }));
  }

  finish(): Promise<void> {
    return this.#ask((source, id) => ({ kind: "finish", source, id }));
  }

  finishAtExit(): number {
    // The memory is the main thread's too: nothing is lost when this thread is gone.
    this.end();
    return 0;
  }

  hold(alive: boolean): void {
    this.#held = alive;
    if (alive) this.#looking?.ref();
    else this.#looking?.unref();
  }

  end(): boolean {
    const source = this.#describe();
    this.#post({ kind: "end", source });
    this.close();
    return true;
  }

  close(): void {
    if (this.#looking !== null) stopInterval(this.#looking);
    this.#looking = null;
  }

  get #done(): number {
    return Atomics.load(openControlBlock(this.#describe().control).words, controlWord.done);
  }

  #ask(message: (source: SourceAnnouncement, id: number) => ToMainSender): Promise<void> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#post(message(this.#describe(), id));
      this.#looking ??= startInterval(lookIntervalMs, () => this.#look());
      this.hold(this.#held);
    });
  }

  #look(): void {
    const done = this.#done;
    for (const [id, resolve] of this.#waiting) {
      if (id > done) continue;
      this.#waiting.delete(id);
      resolve();
    }
    if (this.#waiting.size === 0) this.close();
  }

  #post(message: ToMainSender): void {
    postToThreads(channelNames.toMainSender, message);
  }
}
