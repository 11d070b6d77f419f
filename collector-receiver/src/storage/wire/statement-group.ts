import { InvariantError } from "../../invariant-error.ts";
import pg from "pg";

/** What `pg` (8.23) does with the query whose answer is being read; its types do not say so. */
interface Statement {
  readonly name: string;
  readonly text: string;
  readonly _result: { _types: unknown };
  prepare(connection: Wire): void;
  handleRowDescription(message: RowDescription): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
  handleError(error: Error, connection: Wire): void;
  handleReadyForQuery(connection: Wire): void;
}

interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  describe(message: unknown): void;
  close(message: unknown): void;
  sync(): void;
}

interface RowDescription {
  readonly fields: readonly unknown[];
}

const nothing = (): void => {};

/**
 * By a connection's prepared statements, which columns they answer with (null: none). The server says so once: it does not
 * let the columns of a prepared statement change.
 */
export type KnownColumns = Map<string, RowDescription | null>;

/**
 * Prepared statements that leave together and end with one Sync, so that the server answers all of them in one packet
 * (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING). With a Sync each, as `pg`'s own
 * pipeline has it, the server sends, and wakes the receiver, once for every statement. Where one fails the server skips the
 * rest, and all of the group fail with its error: outside of `begin` and `commit` a group is one transaction.
 */
export class StatementGroup extends pg.Query {
  readonly #statements: Statement[] = [];
  readonly #known: KnownColumns;
  /** The one that is being answered. */
  #at = 0;

  constructor(known: KnownColumns) {
    super({ text: "" } as never, nothing as never);
    this.#known = known;
  }

  /** By name and text `pg` notes which statements have been parsed. */
  get name(): string | undefined {
    return this.#statements[this.#at]?.name;
  }

  set name(_: undefined) {}

  get text(): string | undefined {
    return this.#statements[this.#at]?.text;
  }

  set text(_: string) {}

  /** @param types reads the columns of its rows */
  add(query: pg.Query, types: unknown): void {
    const statement = query as unknown as Statement;
    statement._result._types = types;
    this.#statements.push(statement);
  }

  override submit = (connection: pg.Connection): Error | void => {
    const wire = connection as unknown as Wire;
    for (const { name, text } of this.#statements) {
      const parsed = wire.parsedStatements[name] ?? wire.submittedNamedStatements[name] ?? text;
      if (parsed !== text)
        return new InvariantError(`Prepared statement "${name}" has another text on this connection: ${parsed}`);
    }
    const { described, undescribed } = withinGroup(wire);
    wire.stream.cork();
    for (const statement of this.#statements) {
      const columns = this.#known.get(statement.name);
      if (columns) statement.handleRowDescription(columns);
      statement.prepare(columns === undefined ? described : undescribed);
    }
    wire.sync();
    wire.stream.uncork();
  };

  handleRowDescription(message: RowDescription): void {
    const statement = this.#answered();
    this.#known.set(statement.name, message);
    statement.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#answered().handleDataRow(message);
  }

  /** The rows of a COPY have been sent with it. */
  handleCopyInResponse(): void {}

  handleCommandComplete(message: unknown, connection: Wire): void {
    const statement = this.#answered();
    if (!this.#known.has(statement.name)) this.#known.set(statement.name, null);
    statement.handleCommandComplete(message, connection);
    this.#at++;
  }

  handleError(error: Error, connection: Wire): void {
    for (const statement of this.#statements) {
      // What the server skipped it has not parsed.
      delete connection.submittedNamedStatements[statement.name];
      statement.handleError(error, connection);
    }
  }

  handleReadyForQuery(connection: Wire): void {
    for (const statement of this.#statements) statement.handleReadyForQuery(connection);
  }

  #answered(): Statement {
    return this.#statements[this.#at] as Statement;
  }
}

interface WireWithinGroup {
  readonly described: Wire;
  readonly undescribed: Wire;
}

const wires = new WeakMap<Wire, WireWithinGroup>();

/** A connection as a statement of a group sees it: without what the group does once, or need not ask again. */
function withinGroup(wire: Wire): WireWithinGroup {
  const known = wires.get(wire);
  if (known) return known;
  const described: Wire = Object.create(wire, {
    sync: { value: nothing },
    // `pg` closes a statement whose values cannot be bound. The others must not go without it.
    close: { value: () => wire.stream.destroy() },
  });
  const undescribed: Wire = Object.create(described, { describe: { value: nothing } });
  wires.set(wire, { described, undescribed });
  return { described, undescribed };
}
