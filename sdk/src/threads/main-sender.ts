import { threadId } from "node:worker_threads";
import type { InheritedConfig } from "../resolve-config.ts";
import { MeetingState, readMeetingPoint, type MeetingPoint } from "./meeting-point.ts";
import { answerSaid, channelNames, ListeningChannel, postToThreads } from "./thread-channels.ts";
import { answers, type Question, type ToThreads } from "./thread-messages.ts";

/** An answer takes less than a ms if a thread is free to answer, and no start may take long. */
const askMs = 50;
const askSliceMs = 2;

/** The sender of the main thread, as another thread of the product sees it: it comes, and may go. */
export class MainSender {
  readonly #onChange: () => void;
  #point = readMeetingPoint();
  #channel: ListeningChannel<ToThreads> | null = null;
  /** Of threads that ask at this moment: the first of them speaks for all. */
  #lowestAsking = Infinity;
  #hasAsked = false;
  /** Whoever asks looks by itself. */
  #isAsking = false;
  /** Some thread has said that threads send by themselves. */
  #isSaid = false;

  /** @param onChange the sender has come, or gone */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    if (this.#point === null) this.listen();
  }

  /** What the main thread offers; null while it has no sender. */
  get point(): MeetingPoint | null {
    return this.#point !== null && new MeetingState(this.#point.state).isOpen ? this.#point : null;
  }

  /** What the events of all threads take in its sender; null while it has none. */
  get shared(): MeetingState | null {
    return this.point === null ? null : new MeetingState(this.point.state);
  }

  /** What the main thread does, for threads in which nobody starts the SDK; null if they cannot do the same. */
  get config(): InheritedConfig | null {
    return this.#point?.config ?? null;
  }

  /** The main thread has started the SDK in a way that other threads cannot take over. */
  get isPrivate(): boolean {
    return this.#point !== null && this.#point.config === null;
  }

  /** Hears from here on of a main thread that starts or ends its sender. */
  listen(): void {
    if (this.#channel !== null) return;
    try {
      this.#channel = new ListeningChannel<ToThreads>(channelNames.toThreads, (message) => this.#receive(message));
    } catch {
      // A runtime without channels: there is nothing to hear.
    }
  }

  /** Asks, once, and hears the answer later. */
  askLater(): void {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    this.listen();
    this.#post(new Int32Array(new SharedArrayBuffer(4)), channelNames.toMainSender);
  }

  /**
   * Asks a main thread that has started its sender after this thread, and other threads. Blocks for at most 50 ms.
   * @returns whether it is for this thread to say that there is no sender in the main thread
   */
  ask(): boolean {
    this.listen();
    this.#isAsking = true;
    this.#lowestAsking = Infinity;
    const answer = new Int32Array(new SharedArrayBuffer(4));
    this.#channel?.drain();
    if (this.point === null) {
      this.#post(answer, channelNames.toMainSender);
      this.#post(answer, channelNames.toThreads);
      for (let waited = 0; waited < askMs && answer[0] === answers.none && !this.#isSaid; waited += askSliceMs) {
        Atomics.wait(answer, 0, answers.none, askSliceMs);
        this.#channel?.drain();
      }
      this.#channel?.drain();
    }
    this.#isAsking = false;
    if (this.point !== null) return false;
    const speaks = !this.#isSaid && answer[0] === answers.none && threadId < this.#lowestAsking;
    this.#isSaid = true;
    if (speaks) postToThreads(channelNames.toThreads, { kind: "said" } satisfies ToThreads);
    return speaks;
  }

  #post(answer: Int32Array<SharedArrayBuffer>, channel: string): void {
    postToThreads(channel, { kind: "who", threadId, answer: answer.buffer } satisfies Question);
  }

  #receive(message: ToThreads): void {
    switch (message.kind) {
      case "open":
        this.#point = message.point;
        if (!this.#isAsking) this.#onChange();
        break;
      case "closed":
        if (!this.#isAsking) this.#onChange();
        break;
      case "said":
        this.#isSaid = true;
        break;
      case "who": {
        if (message.threadId === threadId) break;
        this.#lowestAsking = Math.min(this.#lowestAsking, message.threadId);
        if (this.#isSaid) answerSaid(message);
        break;
      }
    }
  }
}
