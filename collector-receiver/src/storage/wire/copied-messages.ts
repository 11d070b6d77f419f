/** What may wait for its reader before the sender is paused. */
const maxWaitingBytes = 1024 * 1024;

/** Where copied rows come from, as far as it can be held back. */
export interface CopySource {
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** CopyData messages between the socket that brings them and the reader that takes them. */
export class CopiedMessages {
  #source: CopySource | null = null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #ended = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  begin(source: CopySource): void {
    this.#source = source;
  }

  /** @param messages one or more whole messages */
  add(messages: Buffer): void {
    this.#waiting.push(messages);
    this.#waitingBytes += messages.length;
    if (this.#waitingBytes >= maxWaitingBytes) this.#source?.pause();
    this.#wake();
  }

  end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** The messages in order, until the end; a reader that stops early destroys the source. */
  async *read(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) {
          this.#waitingBytes -= next.length;
          if (this.#waitingBytes < maxWaitingBytes) this.#source?.resume();
          yield next;
          continue;
        }
        if (this.#error) throw this.#error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      // A reader that stops early has no use for the rest, which may be a whole table.
      if (this.#ended) this.#source?.resume();
      else this.#source?.destroy();
    }
  }
}
