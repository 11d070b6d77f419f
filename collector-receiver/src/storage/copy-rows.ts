import pg from "pg";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * `COPY … FROM STDIN` with rows that are ready in memory. All messages leave in one write: the server
 * ignores copy data after an error, so there is no need to wait for its CopyInResponse
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
class CopyRows extends pg.Query {
  readonly #statement: string;
  readonly #rows: Uint8Array;

  constructor(statement: string, rows: Uint8Array, callback: (error: Error | null) => void) {
    super({ text: statement } as never, callback as never);
    this.#statement = statement;
    this.#rows = rows;
  }

  override submit = (connection: pg.Connection): void => {
    const wire = connection as unknown as CopyConnection;
    wire.stream.cork();
    wire.query(this.#statement);
    wire.sendCopyFromChunk(this.#rows);
    wire.endCopyFrom();
    wire.stream.uncork();
  };

  handleCopyInResponse(): void {}
}

interface CopyConnection {
  stream: { cork(): void; uncork(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Uint8Array): void;
  endCopyFrom(): void;
}

/**
 * Copies rows into a table.
 * @param statement `copy table (columns) from stdin with (format binary)`
 * @param rows a whole COPY stream: header, tuples, trailer
 */
export function copyRows(client: WriterConnection, statement: string, rows: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyRows(statement, rows, (error) => {
        if (error) reject(error);
        else resolve();
      }),
    );
  });
}
