import pg from "pg";
import type { CopyMessages } from "./copy-buffer.ts";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * `COPY … FROM STDIN` with rows that are ready in memory. All messages leave in one write: the server
 * ignores copy data after an error, so there is no need to wait for its CopyInResponse
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
class CopyRows extends pg.Query {
  readonly #statement: string;
  readonly #rows: CopyMessages;

  constructor(statement: string, rows: CopyMessages, callback: (error: Error | null) => void) {
    super({ text: statement } as never, callback as never);
    this.#statement = statement;
    this.#rows = rows;
  }

  override submit = (connection: pg.Connection): void => {
    const wire = connection as unknown as CopyConnection;
    wire.stream.cork();
    wire.query(this.#statement);
    wire.stream.write(this.#rows);
    wire.stream.uncork();
  };

  handleCopyInResponse(): void {}
}

interface CopyConnection {
  stream: { cork(): void; uncork(): void; write(bytes: Uint8Array): void };
  query(text: string): void;
}

/**
 * Copies rows into a table.
 * @param statement `copy table (columns) from stdin with (format binary)`
 * @param rows a whole COPY stream (header, tuples, trailer) as messages
 */
export function copyRows(client: WriterConnection, statement: string, rows: CopyMessages): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyRows(statement, rows, (error) => {
        if (error) reject(error);
        else resolve();
      }),
    );
  });
}
