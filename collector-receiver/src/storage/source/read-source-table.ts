import pg from "pg";
import { openPlainConnection } from "../wire/open-plain-connection.ts";

/** What to read of a table in another database. */
export interface SourceTable {
  readonly connectionString: string;
  /** A table or view, with or without its schema. */
  readonly table: string;
  /** Rows are read in the order of these columns. */
  readonly key: readonly string[];
  /** Only rows behind this key; undefined: all. */
  readonly after?: readonly string[] | undefined;
}

/** A table that is being read. */
export interface OpenTable {
  readonly columns: readonly string[];
  /** How many rows there are, by PostgreSQL's estimate; 0 if it has none. */
  readonly estimate: number;
  readonly batches: AsyncIterable<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

const fetchRows = 2000;

/** The text of times, so that no digit and no zone is lost; numbers as numbers if a double holds them. */
const readers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.DATE, String],
  [pg.types.builtins.TIMESTAMP, String],
  [pg.types.builtins.TIMESTAMPTZ, String],
  [pg.types.builtins.INT8, (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)],
]);

/**
 * Opens a table of another database, in a transaction that only reads. Rows come through a cursor, so memory does not depend on how
 * many there are.
 * @throws whatever `pg` throws if the server cannot be reached, or the table or a column of the key is not there
 */
export async function openSourceTable({ connectionString, table, key, after }: SourceTable): Promise<OpenTable> {
  const client = await openPlainConnection(connectionString);
  try {
    await client.query("begin transaction isolation level repeatable read read only");
    await client.query("set local timezone = 'UTC'");
    await client.query("set local datestyle = 'ISO'");
    const name = table.split(".").map(pg.escapeIdentifier).join(".");
    const ordered = key.map(pg.escapeIdentifier).join(", ");
    const { fields } = await client.query(`select * from ${name} limit 0`);
    const { rows } = await client.query<{ estimate: number }>(
      "select greatest(reltuples, 0)::float8 as estimate from pg_class where oid = to_regclass($1)",
      [name],
    );
    const given = after?.map((_, i) => `$${i + 1}`).join(", ");
    // Nulls come last in the order, but a comparison with them is null.
    const behind = given === undefined ? "" : `where ((${ordered}) > (${given})) is not false`;
    await client.query(
      `declare source_rows no scroll cursor for select * from ${name} ${behind} order by ${ordered}`,
      after === undefined ? [] : [...after],
    );
    return {
      columns: fields.map((field) => field.name),
      estimate: rows[0]?.estimate ?? 0,
      batches: fetchAll(client),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function* fetchAll(client: pg.Client): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
  const types = { getTypeParser: (oid: number) => readers.get(oid) ?? pg.types.getTypeParser(oid, "text") };
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>({
      text: `fetch ${fetchRows} from source_rows`,
      types,
    });
    if (rows.length === 0) return;
    yield rows;
  }
}
