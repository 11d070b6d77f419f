import { Duplex } from "node:stream";
import pg from "pg";

/** Members of `pg` 8.23 that its types do not name, and that statement groups call. */
const ofQuery = [
  "prepare",
  "hasBeenParsed",
  "handleRowDescription",
  "handleDataRow",
  "handleCommandComplete",
  "handleError",
  "handleReadyForQuery",
];
const ofConnection = ["parse", "bind", "execute", "describe", "close", "sync", "query"];

interface PgClasses {
  readonly Query: new (...values: never[]) => object;
  readonly Connection: new (...values: never[]) => object;
}

/**
 * Checks that `pg` still has the private members that groups of statements need. A release without them costs round
 * trips, not the receiver: each statement then goes as `pg` sends it.
 */
export function hasGroupInternals({ Query, Connection }: PgClasses): boolean {
  try {
    const query = new Query(...([{ name: "probe", text: "select 1" }] as never[])) as Record<string, unknown>;
    const stream = new Duplex({ read() {}, write() {} });
    const connection = new Connection(...([{ stream }] as never[])) as Record<string, unknown>;
    const result = query["_result"] as Record<string, unknown> | undefined;
    return (
      ofQuery.every((name) => typeof query[name] === "function") &&
      ofConnection.every((name) => typeof connection[name] === "function") &&
      typeof result === "object" &&
      "_types" in result &&
      isRecord(connection["parsedStatements"]) &&
      isRecord(connection["submittedNamedStatements"]) &&
      connection["stream"] === stream
    );
  } catch {
    return false;
  }
}

/**
 * Checks that `pg` still reads its socket by listeners for "data", which a COPY of many rows takes over for its time. A release
 * that does not costs one call a row.
 */
export function hasSocketListeners({ Connection }: Pick<PgClasses, "Connection">): boolean {
  try {
    const stream = new Duplex({ read() {}, write() {} });
    const connection = new Connection(...([{ stream }] as never[])) as Record<string, unknown>;
    (connection["attachListeners"] as (stream: Duplex) => void).call(connection, stream);
    const listens = stream.listenerCount("data") === 1;
    stream.removeAllListeners("data");
    return listens && connection["stream"] === stream && typeof connection["query"] === "function";
  } catch {
    return false;
  }
}

/** Whether this process can take over a connection's socket; looked at once. */
export const canReadSocket: boolean = hasSocketListeners(pg);

/** Whether this process can group statements; looked at once. */
export const canGroupStatements: boolean = hasGroupInternals(pg);

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
