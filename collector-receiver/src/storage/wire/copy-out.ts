import pg from "pg";
import type { WriterConnection } from "./writer-connection.ts";

const copyData = 0x64;
/** Type and length in front of each message. */
const messageHead = 5;
/** What may wait for its reader before the socket is paused. */
const maxWaitingBytes = 1024 * 1024;

interface Wire {
  readonly stream: {
    on(event: "data", listener: (chunk: Buffer) => void): void;
    listeners(event: "data"): ((chunk: Buffer) => void)[];
    removeAllListeners(event: "data"): void;
    pause(): void;
    resume(): void;
    destroy(): void;
  };
  query(text: string): void;
}

/**
 * `COPY … TO STDOUT`: CopyData messages are taken from the socket as they lie there, many at once; everything else
 * goes on to `pg` (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
class CopyOut extends pg.Query {
  readonly #statement: string;
  #wire: Wire | null = null;
  #others: ((chunk: Buffer) => void)[] = [];
  /** The beginning of a message whose rest has not come yet. */
  #rest: Buffer = Buffer.alloc(0);
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #ended = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  constructor(statement: string) {
    super({ text: statement } as never, ((error: Error | null) => this.#end(error)) as never);
    this.#statement = statement;
  }

  override submit = (connection: pg.Connection): void => {
    const wire = connection as unknown as Wire;
    this.#wire = wire;
    this.#others = wire.stream.listeners("data");
    wire.stream.removeAllListeners("data");
    wire.stream.on("data", (chunk) => this.#take(chunk));
    wire.query(this.#statement);
  };

  /** Whole CopyData messages, in order; each buffer holds one or more. */
  async *messages(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const next = this.#waiting.shift();
        if (next !== undefined) {
          this.#waitingBytes -= next.length;
          if (this.#waitingBytes < maxWaitingBytes) this.#wire?.stream.resume();
          yield next;
          continue;
        }
        if (this.#error) throw this.#error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      // Whoever stops early has no use for the rest, which may be a whole table.
      if (this.#ended) this.#wire?.stream.resume();
      else this.#wire?.stream.destroy();
    }
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let dataFrom = 0;
    let pos = 0;
    while (pos + messageHead <= bytes.length) {
      const next = pos + 1 + bytes.readUInt32BE(pos + 1);
      if (next > bytes.length) break;
      if (bytes[pos] !== copyData) {
        if (dataFrom < pos) this.#add(bytes.subarray(dataFrom, pos));
        for (const listener of this.#others) listener(bytes.subarray(pos, next));
        dataFrom = next;
      }
      pos = next;
    }
    if (dataFrom < pos) this.#add(bytes.subarray(dataFrom, pos));
    // A copy, so that a few bytes do not keep a whole chunk.
    this.#rest = pos < bytes.length ? Buffer.from(bytes.subarray(pos)) : Buffer.alloc(0);
  }

  #add(messages: Buffer): void {
    this.#waiting.push(messages);
    this.#waitingBytes += messages.length;
    if (this.#waitingBytes >= maxWaitingBytes) this.#wire?.stream.pause();
    this.#wake();
  }

  #end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const stream = this.#wire?.stream;
    stream?.removeAllListeners("data");
    for (const listener of this.#others) stream?.on("data", listener);
    this.#wake();
  }
}

/**
 * Runs `copy (…) to stdout (format binary)`; memory is bounded by what waits for the reader.
 * @returns buffers of whole CopyData messages, see `BinaryRows`
 * @throws whatever `pg` throws; a reader that stops early loses the connection
 */
export function copyOut(client: WriterConnection, statement: string): AsyncGenerator<Buffer> {
  const copy = new CopyOut(statement);
  client.query(copy);
  return copy.messages();
}
