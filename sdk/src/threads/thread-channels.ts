import { BroadcastChannel, receiveMessageOnPort } from "node:worker_threads";
import type { MeetingPoint } from "./meeting-point.ts";
import { answers, type Question, type ToThreads } from "./thread-messages.ts";

/**
 * Channels between the threads of one process. A message is in the memory of whoever listens as soon as it is posted:
 * it arrives although the thread that posted it is terminated at once.
 */
export const channelNames = {
  toMainSender: "@spanledger/sdk.threads.2.up",
  toThreads: "@spanledger/sdk.threads.2.down",
} as const;

/** Posts one message; the channel is not kept, because it would receive what others post. Never throws. */
export function postToThreads(channelName: string, message: unknown): void {
  try {
    const channel = new BroadcastChannel(channelName);
    channel.postMessage(message);
    channel.close();
  } catch {
    // A runtime without channels: each thread has its own sender there.
  }
}

/** Tells all threads that the main thread has a sender. */
export function sayOpen(point: MeetingPoint): void {
  postToThreads(channelNames.toThreads, { kind: "open", point } satisfies ToThreads);
}

/** The main thread's side of `MainSender.ask`. */
export function answerQuestion(question: Question, point: MeetingPoint): void {
  // First: whoever reads the answer has got the other already.
  sayOpen(point);
  const answer = new Int32Array(question.answer);
  Atomics.store(answer, 0, answers.main);
  Atomics.notify(answer, 0);
}

/** The answer of a thread that sends by itself. */
export function answerSaid(question: Question): void {
  const answer = new Int32Array(question.answer);
  if (Atomics.compareExchange(answer, 0, answers.none, answers.said) === answers.none) Atomics.notify(answer, 0);
}

/** A channel that is listened to; it does not keep the thread alive. */
export class ListeningChannel<Message> {
  readonly #channel: BroadcastChannel;
  readonly #receive: (message: Message) => void;

  /** @throws if the runtime has no such channels */
  constructor(name: string, receive: (message: Message) => void) {
    this.#receive = receive;
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", (event) => receive((event as MessageEvent).data as Message));
    this.#channel.unref();
    try {
      this.drain();
    } catch (error) {
      // Deno's channels cannot be read without a turn of the event loop.
      this.#channel.close();
      throw error;
    }
  }

  /** Receives what has arrived, without a turn of the event loop. */
  drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#channel as never);
      if (received === undefined) return;
      this.#receive(received.message as Message);
    }
  }

  close(): void {
    this.#channel.close();
  }
}
