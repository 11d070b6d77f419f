import pg from "pg";
import type { CopyMessages } from "./copy-buffer.ts";
import { canGroupStatements } from "./pg-internals.ts";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * `COPY … FROM STDIN` with rows that are ready in memory. All messages leave in one write: the server
 * ignores copy data after an error, so there is no need to wait for its CopyInResponse
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
class CopyRows extends pg.Query {
  readonly #rows: CopyMessages;

  constructor(statement: CopyStatement, rows: CopyMessages, callback: (error: Error | null) => void) {
    super(statement, callback as never);
    this.#rows = rows;
  }

  prepare(connection: CopyConnection): void {
    const { name, text, hasBeenParsed } = this as unknown as PreparedQuery;
    if (!hasBeenParsed.call(this, connection)) {
      connection.parse({ name, text });
      connection.submittedNamedStatements[name] = text;
    }
    connection.bind({ statement: name });
    connection.execute({});
    connection.stream.write(this.#rows);
    connection.sync();
  }

  handleCopyInResponse(): void {}
}

/** The same with public members of `pg` alone: the rows leave once the server asks for them. */
class PlainCopyRows extends pg.Query {
  readonly #statement: CopyStatement;
  readonly #rows: CopyMessages;

  constructor(statement: CopyStatement, rows: CopyMessages, callback: (error: Error | null) => void) {
    super({ text: statement.text } as never, callback as never);
    this.#statement = statement;
    this.#rows = rows;
  }

  override submit = (connection: pg.Connection): void => {
    connection.query(this.#statement.text);
  };

  handleCopyInResponse(connection: pg.Connection): void {
    connection.stream.write(this.#rows);
  }
}

interface PreparedQuery {
  readonly name: string;
  readonly text: string;
  hasBeenParsed(connection: CopyConnection): boolean;
}

interface CopyConnection {
  readonly stream: { write(bytes: Uint8Array): void };
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string }): void;
  execute(message: object): void;
  sync(): void;
}

/** `copy table (columns) from stdin with (format binary)`, and the name that it is prepared under. */
export interface CopyStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * Copies rows into a table.
 * @param rows a whole COPY stream (header, tuples, trailer) as messages
 */
export function copyRows(client: WriterConnection, statement: CopyStatement, rows: CopyMessages): Promise<void> {
  const Copy = canGroupStatements ? CopyRows : PlainCopyRows;
  return new Promise((resolve, reject) => {
    client.query(
      new Copy(statement, rows, (error) => {
        if (error) reject(error);
        else resolve();
      }),
    );
  });
}
