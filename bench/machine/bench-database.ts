import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { derivedTables } from "../../collector-receiver/src/storage/recount/derived-tables.ts";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import type { EmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";

export interface BenchDatabase {
  readonly connectionString: string;
  /** Process id of the postmaster. */
  readonly pid: number;
  readonly version: string;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  /** Empties the tables and flushes what earlier runs left, so that every run starts alike. */
  reset(): Promise<void>;
  /** Bytes of write-ahead log since the server began. */
  walBytes(): Promise<number>;
  /** Bytes that tables and their indexes occupy. */
  diskBytes(): Promise<number>;
  stop(): Promise<void>;
}

const filledTables = [
  "analytics_events",
  "analytics_event_ids",
  "analytics_sources",
  "analytics_rejected_events",
  ...derivedTables.map(({ table }) => table),
];
const folder = fileURLToPath(new URL("../../.spanledger/", import.meta.url));

/**
 * Starts a PostgreSQL of its own in a new data folder, durable as by default (`fsync` and `synchronous_commit`
 * on), with 1 GB of shared buffers so that neither side of a ratio waits for reads. `stop` removes the folder.
 */
export async function startBenchServer(): Promise<Pick<EmbeddedPostgres, "connectionString" | "pid" | "stop">> {
  await mkdir(folder, { recursive: true });
  const dataFolder = await mkdtemp(join(folder, "bench-"));
  const { connectionString, pid, stop } = await startEmbeddedPostgres({
    dataFolder,
    settings: ["shared_buffers=1GB"],
  });
  return {
    connectionString,
    pid,
    async stop() {
      await stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Starts a server with one migrated database. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const server = await startBenchServer();
  await migrateDatabase(server.connectionString);
  const pool = new pg.Pool({ connectionString: server.connectionString, max: 2 });
  pool.on("error", () => {});
  const query = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => (await pool.query<Row>(sql)).rows;
  const [shown] = await query<{ server_version: string }>("show server_version");
  for (const ahead of [0, 1]) {
    await query(`select spanledger_ensure_partition((now() - interval '${ahead} month')::date)`);
  }
  return {
    connectionString: server.connectionString,
    pid: server.pid,
    version: shown?.server_version ?? "unknown",
    query,
    async reset() {
      await query(`truncate ${filledTables.join(", ")}`);
      await query("checkpoint");
    },
    async walBytes() {
      const [row] = await query<{ bytes: string }>("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as bytes");
      return Number(row?.bytes);
    },
    async diskBytes() {
      const [row] = await query<{ bytes: string }>(
        "select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
      );
      return Number(row?.bytes);
    },
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}
