import { Socket } from "node:net";
import pg from "pg";
import { canGroupStatements } from "./pg-internals.ts";
import { connectInOrder } from "./connect-in-order.ts";
import { StatementGroup } from "./statement-group.ts";
import type { KnownColumns } from "./statement-group.ts";

/**
 * A connection for transactions that ingest, sweep or rebuild. Named statements that do not need each
 * other's answers are sent together as one group, so that a batch costs three round trips. Timestamps come back as
 * milliseconds.
 */
export type WriterConnection = pg.Client;

/** OIDs of the result types that a writer reads (pg_type.dat). */
const oid = { int8: 20, date: 1082, timestamptz: 1184 } as const;

/** What a server may take until its connection can be used; `pg` itself bounds only the login. */
const openWithinMs = 10_000;

/**
 * Opens a writer connection. It asks for nothing that a pooler would refuse or ignore: see transaction-settings.ts.
 * @throws the error of `pg` if the server cannot be reached
 */
export async function openWriterConnection(connectionString: string): Promise<WriterConnection> {
  const timers: NodeJS.Timeout[] = [];
  try {
    const client = await connectInOrder(connectionString, (url) => {
      const writer = createWriter(url);
      timers.push(setTimeout(() => destroyConnection(writer), openWithinMs));
      return writer;
    });
    // For what is read outside of transactions. Poolers keep this setting by client.
    await client.query("set datestyle to iso");
    await noticeLostClients(client);
    return client;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** @param url with one host */
function createWriter(url: string): WriterConnection {
  const socket = new Socket();
  const client: WriterConnection = new GroupingClient({
    connectionString: url,
    stream: () => socket,
    application_name: "spanledger-writer",
    keepAlive: true,
    // A peer that is gone while nothing is under way is noticed within half a minute.
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    // Not in @types/pg 8.23 yet: https://node-postgres.com/apis/client
    ...({ pipeline: canGroupStatements } as object),
    types: readTypes,
  });
  // Without a listener a lost connection would end the process; whoever uses it sees the rejection.
  client.on("error", () => {});
  sockets.set(client, socket);
  return client;
}

/** Has the server end a statement soon after its client has closed the connection. Windows cannot: then it runs to its end. */
export async function noticeLostClients(client: pg.ClientBase): Promise<void> {
  await client.query("set client_connection_check_interval = '5s'").catch(() => {});
}

const sockets = new WeakMap<WriterConnection, Socket>();

/**
 * Closes a connection at once; what waits for an answer fails. `end()` would wait for it, as long as TCP does if the host is
 * gone.
 */
export function destroyConnection(client: WriterConnection): void {
  sockets.get(client)?.destroy();
}

/** What a server that is there needs to close a connection. */
export const endWithinMs = 2_000;

/** Closes a connection in order; if its host does not answer to that, at once. */
export async function endConnection(client: WriterConnection): Promise<void> {
  const timer = setTimeout(() => destroyConnection(client), endWithinMs);
  await client.end().catch(() => {});
  clearTimeout(timer);
}

/** Named statements of one turn leave as one group, at its end. Others go as `pg` sends them, and all do if it cannot group. */
class GroupingClient extends pg.Client {
  readonly #known: KnownColumns = new Map();
  #group: StatementGroup | undefined;

  override query(statement: unknown, ...rest: unknown[]): never {
    if (canGroupStatements && rest.length === 0 && isNamed(statement)) return this.#join(statement) as never;
    this.#send();
    return super.query(statement as never, ...(rest as []));
  }

  #join(statement: pg.Query | pg.QueryConfig): unknown {
    const group = this.#gathering();
    if (statement instanceof pg.Query) {
      group.add(statement, readTypes);
      return statement;
    }
    return new Promise((resolve, reject) => {
      const answered = (error: Error | null, result: pg.QueryResult) => (error ? reject(error) : resolve(result));
      group.add(new pg.Query(statement, answered as never), readTypes);
    });
  }

  #gathering(): StatementGroup {
    if (this.#group === undefined) {
      this.#group = new StatementGroup(this.#known);
      // After the promises that are settled already: what they send belongs to this turn too.
      process.nextTick(() => this.#send());
    }
    return this.#group;
  }

  #send(): void {
    const group = this.#group;
    this.#group = undefined;
    if (group) super.query(group);
  }
}

function isNamed(statement: unknown): statement is pg.Query | pg.QueryConfig {
  return typeof statement === "object" && statement !== null && "name" in statement && statement.name !== undefined;
}

const readTypes = { getTypeParser: writerTypeParser as typeof pg.types.getTypeParser };

function writerTypeParser(typeId: number, format?: "text" | "binary"): (text: string) => unknown {
  if (format !== "binary") {
    if (typeId === oid.timestamptz) return parseTimestamptz;
    if (typeId === oid.int8) return Number;
    if (typeId === oid.date) return (text) => text;
  }
  return pg.types.getTypeParser(typeId) as (text: string) => unknown;
}

/** The minute that was parsed last: the times of a batch lie close together. */
let latest = { text: "", ms: 0 };

/** `2025-12-25 08:00:00.123+00`, or with another offset (DateStyle ISO), as milliseconds since 1970. */
export function parseTimestamptz(text: string): number {
  if (latest.text === "" || !text.startsWith(latest.text)) {
    const ms = Date.UTC(
      Number(text.slice(0, 4)),
      Number(text.slice(5, 7)) - 1,
      Number(text.slice(8, 10)),
      Number(text.slice(11, 13)),
      Number(text.slice(14, 16)),
    );
    latest = { text: text.slice(0, 17), ms };
  }
  const isUtc = text.endsWith("+00");
  const end = isUtc ? text.length - 3 : Math.max(text.lastIndexOf("+"), text.lastIndexOf("-"));
  const seconds = digitAt(text, 17) * 10 + digitAt(text, 18);
  let fraction = 0;
  for (let at = 20, unit = 100; at < end; at++, unit /= 10) fraction += digitAt(text, at) * unit;
  const utcMs = latest.ms + seconds * 1000 + fraction;
  return isUtc ? utcMs : utcMs - offsetMs(text, end);
}

/** `+05:30` or, long ago, `-04:56:02`. */
function offsetMs(text: string, signAt: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = text
    .slice(signAt + 1)
    .split(":")
    .map(Number);
  return (text[signAt] === "-" ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds);
}

function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}
