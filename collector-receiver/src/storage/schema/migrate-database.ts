import type pg from "pg";
import { migrationsFolder } from "../../package-root.ts";
import { readServerConnection } from "../server/read-connection.ts";
import { openPlainConnection } from "../wire/open-plain-connection.ts";
import { isSessionShared, SharedSessionError } from "../wire/refuse-shared-session.ts";
import { knownMigrations, newestKnownMigration, ReceiverTooOldError } from "./known-migrations.ts";

const migrationTable = "spanledger_migrations";
/** Key of the advisory lock that lets one migration run go on at a time in a database. */
const migrationLock = 7_307_218_451;
/** A host that vanishes is given up after so long. */
const statusTimeoutMs = 10_000;

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
  /** Number of the newest migration that a version has to know here; null: the schema is older than that rule. */
  readonly oldestReceiver: number | null;
}

export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: "migration_failed" | "database_newer" | "schema_older" | "unknown_migration";
  constructor(code: MigrationError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Brings the schema to head, each migration in a transaction of its own. Any number of processes may
 * do it at once: one works, the others wait for it and find nothing left to do.
 * @returns the names of the migrations that this call applied (or took back)
 * A database that a newer version migrated is left as it is if this version can work with it.
 * @throws ReceiverTooOldError if it needs a newer version
 * @throws SharedSessionError if migrations are pending and a pooler hands out sessions by transaction
 * @throws MigrationError `database_newer` if it has migrations of another branch, else `migration_failed`
 */
export function migrateDatabase(connectionString: string, options: MigrateOptions = {}): Promise<string[]> {
  const direction = options.direction ?? "up";
  return withMigrations(connectionString, async (client, lock) => {
    if (direction === "up") {
      const status = await readMigrationStatus(client);
      refuseNewerDatabase(status);
      // Nothing to do needs no lock and no right to run DDL.
      if (status.pending.length === 0) return [];
    }
    await refusePooler(client, connectionString);
    await lock();
    if (direction === "up") refuseNewerDatabase(await readMigrationStatus(client));
    const count = options.count ?? (direction === "up" ? Number.POSITIVE_INFINITY : 1);
    return runMigrations(client, direction, count, options.log);
  });
}

/**
 * Takes the schema back until `target` is its newest migration. What later migrations stored is lost; rows and counters that
 * the target knows stay.
 * @param target the number or the name of a migration: `57`, `0057_rejection_days`
 * @returns the names of the migrations that were taken back, newest first
 * @throws MigrationError `unknown_migration` if the target is not applied here; `database_newer` if a newer version migrated this
 *   database, because only that version can take its migrations back; else `migration_failed`
 */
export function migrateDownTo(connectionString: string, target: string): Promise<string[]> {
  return withMigrations(connectionString, async (client, lock) => {
    await refusePooler(client, connectionString);
    await lock();
    const { applied, unknown } = await readMigrationStatus(client);
    if (unknown.length > 0) {
      const text = `A newer version migrated this database (${unknown.join(", ")}), and only that version can take its migrations back: run it there.`;
      throw new MigrationError("database_newer", text);
    }
    const number = /^\d{1,4}$/.test(target) ? target.padStart(4, "0") : undefined;
    const place = applied.findIndex((name) => name === target || name.slice(0, 4) === number);
    if (place < 0) {
      const newest = applied.at(-1);
      const known = newest === undefined ? "none is" : `applied are ${applied[0]} to ${newest}`;
      throw new MigrationError("unknown_migration", `No migration "${target}" is applied to this database: ${known}.`);
    }
    const count = applied.length - 1 - place;
    return count === 0 ? [] : runMigrations(client, "down", count);
  });
}

/**
 * The lock of migrations is one of a session: a pooler would give it to somebody else, and keep it.
 * @throws SharedSessionError
 */
async function refusePooler(client: pg.Client, connectionString: string): Promise<void> {
  const { pid } = await readServerConnection(client);
  // A pooler tells its clients a number of its own.
  if ((client as unknown as { readonly processID: number | null }).processID === pid) return;
  const other = await openPlainConnection(connectionString);
  try {
    if (!(await isSessionShared(client, other))) return;
    throw new SharedSessionError("a migration", connectionString, "MIGRATION_DATABASE_URL");
  } finally {
    await other.end().catch(() => {});
  }
}

/** Connects, and gives `work` the lock that lets one migration run go on at a time in a database. */
async function withMigrations(
  connectionString: string,
  work: (client: pg.Client, lock: () => Promise<unknown>) => Promise<string[]>,
): Promise<string[]> {
  const client = await openPlainConnection(connectionString);
  try {
    // Taken by us and waited for: in the library a second run fails instead of waiting unless told, and
    // it looks for its table before it takes the lock.
    return await work(client, () => client.query("select pg_advisory_lock($1)", [migrationLock]));
  } catch (cause) {
    if (cause instanceof MigrationError || cause instanceof ReceiverTooOldError) throw cause;
    if (cause instanceof SharedSessionError) throw cause;
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

async function runMigrations(
  client: pg.Client,
  direction: "up" | "down",
  count: number,
  log: (message: string) => void = () => {},
): Promise<string[]> {
  // Loaded if there is something to do: mostly there is nothing.
  const { runner } = await import("node-pg-migrate");
  const done = await runner({
    dbClient: client,
    dir: migrationsFolder,
    // The snapshot of the schema lives beside the migrations.
    ignorePattern: "(\\..*|schema\\.sql)",
    direction,
    count,
    migrationsTable: migrationTable,
    singleTransaction: false,
    noLock: true,
    log,
  });
  return done.map((migration) => migration.name);
}

/** What is applied, what is pending and what is unknown here, without changing anything. */
export async function readMigrationStatus(client: Pick<pg.ClientBase, "query">): Promise<MigrationStatus> {
  const { rows: found } = await client.query<{ migrations: boolean; schema: boolean }>({
    text: "select to_regclass($1) is not null as migrations, to_regclass('public.spanledger_schema') is not null as schema",
    values: [`public.${migrationTable}`],
    // Not in @types/pg 8.23 yet. A vanished host shows at the first statement.
    ...({ query_timeout: statusTimeoutMs } as object),
  });
  const { rows } =
    found[0]?.migrations === true
      ? await client.query<{ name: string }>(`select name from public.${migrationTable} order by id`)
      : { rows: [] };
  const { rows: schema } =
    found[0]?.schema === true
      ? await client.query<{ oldest_receiver: number }>("select oldest_receiver from public.spanledger_schema")
      : { rows: [] };
  const applied = rows.map((row) => row.name);
  return {
    applied,
    pending: knownMigrations.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !knownMigrations.includes(name)),
    oldestReceiver: schema[0]?.oldest_receiver ?? null,
  };
}

/** True if this version works with a schema of this status, which may be newer than what it knows. */
export function fitsSchema({ pending, unknown, oldestReceiver }: MigrationStatus): boolean {
  if (pending.length > 0) return false;
  return unknown.length === 0 || (oldestReceiver !== null && oldestReceiver <= newestKnownMigration);
}

/** @throws MigrationError, or ReceiverTooOldError, if a newer version migrated this database and this one cannot go on */
function refuseNewerDatabase(status: MigrationStatus): void {
  const { pending, unknown, oldestReceiver } = status;
  if (unknown.length === 0 || fitsSchema(status)) return;
  if (oldestReceiver !== null && oldestReceiver > newestKnownMigration) throw new ReceiverTooOldError(oldestReceiver);
  const missing = pending.length > 0 ? `, and it lacks ${pending.join(", ")}` : "";
  throw new MigrationError(
    "database_newer",
    `This database has migrations that this version does not know (${unknown.join(", ")})${missing}. Another version of ` +
      "Spanledger wrote them: run that version, or restore a backup.",
  );
}
