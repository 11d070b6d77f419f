import { Worker, type ResourceLimits } from "node:worker_threads";
import type { ThreadMessage, ThreadRequest } from "./thread-messages.ts";

export interface AskedThreadOptions<Note> {
  /** The program of the thread, which calls `answerQuestions`. */
  readonly file: URL;
  readonly name: string;
  /** What the program finds in `workerData`. */
  readonly data?: unknown;
  readonly limits?: ResourceLimits;
  /** Default: a minute. */
  readonly idleMs?: number;
  /** Told of what the thread says without being asked. */
  readonly onNote?: (note: Note) => void;
}

interface RunningThread<Answer> {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<Answer>>;
}

/** A thread holds tens of MiB. It ends if nobody asks for so long. */
const defaultIdleMs = 60_000;
/** For an orderly end, with connections closed. Then it is stopped. */
const endWithinMs = 5_000;

/** The thread ended while somebody waited for its answer, for example because it had no memory left. */
export class ThreadEndedError extends Error {
  override readonly name = "ThreadEndedError";
  readonly code = "thread_ended";
  /** Of HTTP: the next question starts another thread. */
  readonly statusCode = 503;
}

/** A thread that answers questions. The first question starts it, and it ends after a minute without one. */
export class AskedThread<Question, Answer, Note = never> {
  readonly #options: AskedThreadOptions<Note>;
  #running: RunningThread<Answer> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(options: AskedThreadOptions<Note>) {
    this.#options = options;
  }

  /** @throws ThreadEndedError; an Error with the message of what the thread threw */
  ask(question: Question): Promise<Answer> {
    clearTimeout(this.#idle);
    const { worker, waiting } = (this.#running ??= this.#start());
    const answered = Promise.withResolvers<Answer>();
    const id = this.#asked++;
    waiting.set(id, answered);
    // Only questions that wait keep the process alive.
    worker.ref();
    worker.postMessage({ id, question } satisfies ThreadRequest<Question>);
    return answered.promise;
  }

  /** Hands a message to the thread, if it runs. */
  tell(told: string): void {
    this.#running?.worker.postMessage({ told } satisfies ThreadRequest<Question>);
  }

  /** Ends the thread, if it runs. A later question starts another one. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#running?.worker;
    this.#running = undefined;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage({ ends: true } satisfies ThreadRequest<Question>);
    const stop = setTimeout(() => void worker.terminate(), endWithinMs);
    await ended;
    clearTimeout(stop);
  }

  #start(): RunningThread<Answer> {
    const { file, name, data, limits, onNote } = this.#options;
    const worker = new Worker(file, { name, workerData: data, ...(limits && { resourceLimits: limits }) });
    const waiting = new Map<number, PromiseWithResolvers<Answer>>();
    const started: RunningThread<Answer> = { worker, waiting };
    worker.on("message", (message: ThreadMessage<Answer, Note>) => {
      if ("note" in message) {
        onNote?.(message.note);
        return;
      }
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if ("problem" in message) asked?.reject(new Error(message.problem));
      else asked?.resolve(message.answer);
      if (waiting.size === 0) this.#rest(started);
    });
    const fail = (cause?: unknown): void => {
      if (this.#running === started) this.#running = undefined;
      const error = new ThreadEndedError(`the thread "${name}" ended: ask again`, { cause });
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    worker.on("error", fail);
    worker.on("exit", () => fail());
    return started;
  }

  #rest(started: RunningThread<Answer>): void {
    started.worker.unref();
    if (this.#running !== started) return;
    this.#idle = setTimeout(() => void this.end(), this.#options.idleMs ?? defaultIdleMs);
    this.#idle.unref();
  }
}
