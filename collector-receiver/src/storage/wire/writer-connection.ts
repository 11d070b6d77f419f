import pg from "pg";
import { canGroupStatements } from "./pg-internals.ts";
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

/**
 * Opens a writer connection.
 * @param genericPlans plans each prepared statement once, not for the length of each batch's arrays: for
 *   a connection that runs the statements of small batches again and again (`upsert-business-metrics` takes
 *   half a millisecond to plan)
 * @throws whatever `pg` throws where the server cannot be reached
 */
export async function openWriterConnection(
  connectionString: string,
  { genericPlans = false }: { readonly genericPlans?: boolean } = {},
): Promise<WriterConnection> {
  const client = new GroupingClient({
    connectionString,
    application_name: "spanledger-writer",
    // Timestamps are parsed below in one form only. JIT would compile each batch's statements anew.
    options: `-c timezone=UTC -c datestyle=ISO -c jit=off${genericPlans ? " -c plan_cache_mode=force_generic_plan" : ""}`,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    // Not in @types/pg 8.23 yet: https://node-postgres.com/apis/client
    ...({ pipeline: canGroupStatements } as object),
    types: readTypes,
  });
  // Without a listener a lost connection would end the process; whoever uses it sees the rejection.
  client.on("error", () => {});
  await client.connect();
  return client;
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

/** `2025-12-25 08:00:00.123+00` (DateStyle ISO, TimeZone UTC) as milliseconds since 1970. */
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
  const end = text.length - 3;
  const seconds = digitAt(text, 17) * 10 + digitAt(text, 18);
  let fraction = 0;
  for (let at = 20, unit = 100; at < end; at++, unit /= 10) fraction += digitAt(text, at) * unit;
  return latest.ms + seconds * 1000 + fraction;
}

function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}
