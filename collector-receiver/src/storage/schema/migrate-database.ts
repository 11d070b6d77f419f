import { readdir } from "node:fs/promises";
import pg from "pg";
import { migrationsFolder } from "../../package-root.ts";

const TABLE = "spanledger_migrations";
/** Key of the advisory lock that lets one migration run go on at a time in a database. */
const LOCK = 7_307_218_451;

export interface MigrateOptions {
  readonly direction?: "up" | "down";
  /** How many to apply or to take back; default all upwards, one downwards. */
  readonly count?: number;
  readonly log?: (message: string) => void;
}

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied in the database but not known here: a newer version ran against it. */
  readonly unknown: readonly string[];
}

export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: "migration_failed" | "database_newer" | "schema_older";
  constructor(code: MigrationError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Brings the schema to head, each migration in a transaction of its own. Any number of processes may
 * do it at once: one works, the others wait for it and find nothing left to do.
 * @returns the names of the migrations that this call applied (or took back)
 * @throws MigrationError `database_newer` where a newer version migrated this database, else `migration_failed`
 */
export async function migrateDatabase(connectionString: string, options: MigrateOptions = {}): Promise<string[]> {
  const direction = options.direction ?? "up";
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  try {
    if (direction === "up" && (await readMigrationStatus(client)).pending.length === 0) {
      // Nothing to do needs no lock and no right to run DDL.
      await refuseNewerDatabase(client);
      return [];
    }
    // Taken by us and waited for: in the library a second run fails instead of waiting unless told, and
    // it looks for its table before it takes the lock.
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    if (direction === "up") await refuseNewerDatabase(client);
    // Loaded where there is something to do: mostly there is nothing.
    const { runner } = await import("node-pg-migrate");
    const done = await runner({
      dbClient: client,
      dir: migrationsFolder,
      // The snapshot of the schema lives beside the migrations.
      ignorePattern: "(\\..*|schema\\.sql)",
      direction,
      count: options.count ?? (direction === "up" ? Number.POSITIVE_INFINITY : 1),
      migrationsTable: TABLE,
      singleTransaction: false,
      noLock: true,
      log: options.log ?? (() => {}),
    });
    return done.map((migration) => migration.name);
  } catch (cause) {
    if (cause instanceof MigrationError) throw cause;
    throw new MigrationError(
      "migration_failed",
      `The migrations stopped: ${cause instanceof Error ? cause.message : String(cause)}. What was applied before stays; mend the cause and run \`spanledger migrate\` again.`,
      { cause },
    );
  } finally {
    // The lock goes with the connection.
    await client.end();
  }
}

/** What is applied, what is pending and what is unknown here, without changing anything. */
export async function readMigrationStatus(client: Pick<pg.ClientBase, "query">): Promise<MigrationStatus> {
  const known = await listMigrations();
  const table = await client.query<{ found: boolean }>("select to_regclass($1) is not null as found", [
    `public.${TABLE}`,
  ]);
  const rows =
    table.rows[0]?.found === true
      ? (await client.query<{ name: string }>(`select name from public.${TABLE} order by id`)).rows
      : [];
  const applied = rows.map((row) => row.name);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

/** Names of the migrations in the order in which they apply. */
export async function listMigrations(): Promise<string[]> {
  const files = await readdir(migrationsFolder);
  return files
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
}

async function refuseNewerDatabase(client: pg.ClientBase): Promise<void> {
  const { unknown } = await readMigrationStatus(client);
  if (unknown.length === 0) return;
  throw new MigrationError(
    "database_newer",
    `This database has migrations that are not in ${migrationsFolder}: ${unknown.join(", ")}. A newer version of Spanledger wrote them; run that version, or restore a backup.`,
  );
}
