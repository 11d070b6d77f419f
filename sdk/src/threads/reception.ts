import { controlCounter, countPending, openControlBlock, type ControlBlock } from "../recording/control-block.ts";
import { bequeath, type ResolvedConfig } from "../resolve-config.ts";
import { MeetingState, publishMeetingPoint, type MeetingPoint } from "./meeting-point.ts";
import { answerQuestion, channelNames, ListeningChannel, postToThreads, sayOpen } from "./thread-channels.ts";
import type { Question, ToMainSender, ToThreads } from "./thread-messages.ts";

/** In the main thread: offers its sender to other threads, and hears them while no worker does. */
export class Reception {
  readonly #receive: (message: Exclude<ToMainSender, Question>) => void;
  readonly #state = new MeetingState();
  #point: MeetingPoint = { state: this.#state.memory, config: null };
  #channel: ListeningChannel<ToMainSender> | null = null;
  /** Sources that were heard here, by their ids: a worker that has not begun yet counts nothing of them. */
  readonly #heard = new Map<string, ControlBlock>();

  constructor(receive: (message: Exclude<ToMainSender, Question>) => void) {
    this.#receive = receive;
  }

  get point(): MeetingPoint {
    return this.#point;
  }

  /** Another thread has announced a source at some time. */
  get isUsed(): boolean {
    return this.#state.isUsed;
  }

  /** Events of other threads that are neither settled nor on the disk. */
  get pending(): number {
    let heard = 0;
    for (const control of this.#heard.values()) {
      const lastSeq = control.counters[controlCounter.lastSeq] ?? 0;
      const notStored = lastSeq - (control.counters[controlCounter.storedSeq] ?? 0);
      heard += Math.min(countPending(control, lastSeq), notStored);
    }
    return Math.max(this.#state.pending, heard);
  }

  /** Tells threads that start from here on what the main thread does. */
  publish(config: ResolvedConfig): void {
    this.#point = { state: this.#state.memory, config: bequeath(config) };
    publishMeetingPoint(this.#point);
  }

  /** Takes sources of other threads from here on. */
  open(): void {
    if (this.#channel !== null) return;
    try {
      this.#channel = new ListeningChannel<ToMainSender>(channelNames.toMainSender, (message) => {
        if (message.kind === "who") answerQuestion(message, this.#point);
        else this.#hear(message);
      });
    } catch {
      // A runtime without channels: each thread has its own sender.
      return;
    }
    if (this.#state.isOpen) return;
    this.#state.isOpen = true;
    sayOpen(this.#point);
  }

  #hear(message: Exclude<ToMainSender, Question>): void {
    if (message.kind !== "chunk") {
      const { settings, control } = message.source;
      this.#heard.set(settings.identity.sourceId, openControlBlock(control));
    }
    this.#receive(message);
  }

  /** Receives what has arrived, without a turn of the event loop. */
  drain(): void {
    this.#channel?.drain();
  }

  /** A worker hears the threads now: what came before is here alone; what is in both places does no harm. */
  leaveToWorker(): void {
    this.drain();
    this.#channel?.close();
    this.#channel = null;
  }

  /** Takes nothing more: each thread has to send by itself. */
  close(): void {
    this.#channel?.close();
    this.#channel = null;
    if (!this.#state.isOpen) return;
    this.#state.isOpen = false;
    postToThreads(channelNames.toThreads, { kind: "closed" } satisfies ToThreads);
  }
}
