import pg from "pg";
import { CopiedMessages } from "./copied-messages.ts";
import type { CopySource } from "./copied-messages.ts";
import { canReadSocket } from "./pg-internals.ts";
import type { WriterConnection } from "./writer-connection.ts";

const copyData = 0x64;
/** Type and length in front of each message. */
const messageHead = 5;

interface Wire {
  readonly stream: CopySource & {
    on(event: "data", listener: (chunk: Buffer) => void): void;
    listeners(event: "data"): ((chunk: Buffer) => void)[];
    removeAllListeners(event: "data"): void;
  };
  query(text: string): void;
}

/**
 * `COPY … TO STDOUT`: CopyData messages are taken from the socket as they lie there, many at once; everything else
 * goes on to `pg` (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
class CopyOut extends pg.Query {
  readonly #statement: string;
  readonly #copied: CopiedMessages;
  #wire: Wire | null = null;
  #others: ((chunk: Buffer) => void)[] = [];
  /** The beginning of a message whose rest has not come yet. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(statement: string, copied: CopiedMessages) {
    super({ text: statement } as never, ((error: Error | null) => this.#end(error)) as never);
    this.#statement = statement;
    this.#copied = copied;
  }

  override submit = (connection: pg.Connection): void => {
    const wire = connection as unknown as Wire;
    this.#wire = wire;
    this.#copied.begin(wire.stream);
    this.#others = wire.stream.listeners("data");
    wire.stream.removeAllListeners("data");
    wire.stream.on("data", (chunk) => this.#take(chunk));
    wire.query(this.#statement);
  };

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let dataFrom = 0;
    let pos = 0;
    while (pos + messageHead <= bytes.length) {
      const next = pos + 1 + bytes.readUInt32BE(pos + 1);
      if (next > bytes.length) break;
      if (bytes[pos] !== copyData) {
        if (dataFrom < pos) this.#copied.add(bytes.subarray(dataFrom, pos));
        for (const listener of this.#others) listener(bytes.subarray(pos, next));
        dataFrom = next;
      }
      pos = next;
    }
    if (dataFrom < pos) this.#copied.add(bytes.subarray(dataFrom, pos));
    // A copy, so that a few bytes do not keep a whole chunk.
    this.#rest = pos < bytes.length ? Buffer.from(bytes.subarray(pos)) : Buffer.alloc(0);
  }

  #end(error: Error | null): void {
    const wire = this.#wire;
    this.#wire = null;
    wire?.stream.removeAllListeners("data");
    for (const listener of this.#others) wire?.stream.on("data", listener);
    this.#copied.end(error);
  }
}

/** The same with public members of `pg` alone: one call for each row. */
class PlainCopyOut extends pg.Query {
  readonly #statement: string;
  readonly #copied: CopiedMessages;

  constructor(statement: string, copied: CopiedMessages) {
    super({ text: statement } as never, ((error: Error | null) => copied.end(error)) as never);
    this.#statement = statement;
    this.#copied = copied;
  }

  override submit = (connection: pg.Connection): void => {
    this.#copied.begin(connection.stream);
    connection.query(this.#statement);
  };

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // A copy: `pg` reuses the memory of the chunk.
    const message = Buffer.allocUnsafe(messageHead + chunk.length);
    message[0] = copyData;
    message.writeUInt32BE(chunk.length + 4, 1);
    message.set(chunk, messageHead);
    this.#copied.add(message);
  }
}

/**
 * Runs `copy (…) to stdout (format binary)`; memory is bounded by what waits for the reader.
 * @returns buffers of whole CopyData messages, see `BinaryRows`
 * @throws whatever `pg` throws; a reader that stops early loses the connection
 */
export function copyOut(client: WriterConnection, statement: string): AsyncGenerator<Buffer> {
  const copied = new CopiedMessages();
  const Copy = canReadSocket ? CopyOut : PlainCopyOut;
  client.query(new Copy(statement, copied));
  return copied.read();
}
