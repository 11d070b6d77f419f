import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { checkCluster, clusterUser, initialiseCluster, ownerOf, readClusterPassword } from "./initialise-cluster.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { chooseLauncher } from "./run-unprivileged.ts";
import { findRunningPostmaster } from "./running-postmaster.ts";
import { startPostgresServer, stopPostgresServer, stopWithProcess, withClient } from "./start-postgres-server.ts";

/** Crash recovery of a large folder takes long; a server that is still working at it is not given up. */
const startTimeoutMs = 180_000;

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password and its log; made if it is missing, continued if it is there. */
  readonly dataFolder: string;
  /** The database that `connectionString` names; made if it is missing. */
  readonly database?: string;
  /** False only for tests: commits no longer reach the disk. */
  readonly durable?: boolean;
  /** Only for tests: another version than the package's. */
  readonly binaries?: PostgresBinaries | undefined;
  /** Server settings beyond our own, as `name=value`. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgres {
  readonly connectionString: string;
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** True if the server of this data folder ran already: then `stop` leaves it running. */
  readonly reused: boolean;
  readonly logFile: string;
  /** Fast shutdown (open transactions are rolled back, what is committed is flushed); resolves when the server is gone. */
  stop(): Promise<void>;
}

interface ClusterPlace {
  readonly cluster: string;
  readonly logFile: string;
  readonly database: string;
  readonly deadline: number;
}

/**
 * Starts PostgreSQL from the npm package on a free loopback port, or connects to the one that already
 * runs on this data folder. It stops with our process, however that ends.
 * @throws EmbeddedPostgresError, NoPostgresBinariesError, CannotRunUnprivilegedError; each says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataFolder);
  await makeDataFolder(folder);
  const place: ClusterPlace = {
    cluster: join(folder, "cluster"),
    logFile: join(folder, "postgres.log"),
    database: options.database ?? clusterUser,
    deadline: Date.now() + startTimeoutMs,
  };
  for (;;) {
    const running = await useRunningServer(place);
    if (running !== undefined) return running;
    try {
      return await startServer(place, options);
    } catch (error) {
      // Two starts at once: the other was faster, and its server is used.
      const lost = error instanceof EmbeddedPostgresError && error.code === "already_running";
      if (!lost || Date.now() > place.deadline) throw error;
      await sleep(100);
    }
  }
}

async function makeDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "data_folder_unusable",
      `Cannot make the data folder ${folder} (${(cause as Error).message}). Set DATA_FOLDER to a folder that this user may write to, or set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Makes a folder and its parents. Node 24's recursive `mkdir` never returns below /proc, where each attempt fails with ENOENT. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return;
    if (code !== "ENOENT" || existsSync(dirname(folder))) throw error;
    await makeFolder(dirname(folder));
    await makeFolder(folder);
  }
}

async function useRunningServer({
  cluster,
  logFile,
  database,
  deadline,
}: ClusterPlace): Promise<EmbeddedPostgres | undefined> {
  for (;;) {
    const running = await findRunningPostmaster(cluster);
    if (running === undefined) return undefined;
    const { pid, port } = running;
    try {
      const password = await readClusterPassword(cluster);
      await ensureDatabase(connectTo(port, password, "postgres"), database);
      const connectionString = connectTo(port, password, database);
      return { connectionString, port, pid, reused: true, logFile, stop: async () => {} };
    } catch (cause) {
      if (Date.now() > deadline) {
        throw new EmbeddedPostgresError(
          "start_failed",
          `PostgreSQL (process ${pid}) runs on ${cluster} but refuses to work; stop it with \`kill -INT ${pid}\`. See ${logFile}.`,
          { cause },
        );
      }
      // It is about to start or to stop: either ends.
      await sleep(200);
    }
  }
}

async function startServer(place: ClusterPlace, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { cluster, logFile, database, deadline } = place;
  const binaries = options.binaries ?? (await findPostgresBinaries());
  const mustReach = [binaries.postgres, binaries.share, join(cluster, "..")];
  const launcher = await chooseLauncher(binaries.initdb, mustReach, await ownerOf(cluster));
  await initialiseCluster(cluster, binaries, launcher);
  await checkCluster(cluster, binaries, launcher);
  const password = await readClusterPassword(cluster);
  const { server, port } = await startPostgresServer({
    cluster,
    logFile,
    binaries,
    launcher,
    deadline,
    durable: options.durable !== false,
    settings: options.settings ?? [],
    connectionStringFor: (candidate) => connectTo(candidate, password, "postgres"),
  });
  const release = stopWithProcess(server);
  const stop = async () => {
    await stopPostgresServer(server);
    release();
  };
  try {
    await ensureDatabase(connectTo(port, password, "postgres"), database);
  } catch (error) {
    await stop();
    throw error;
  }
  const connectionString = connectTo(port, password, database);
  return { connectionString, port, pid: server.pid ?? -1, reused: false, logFile, stop };
}

function connectTo(port: number, password: string, database: string): string {
  return `postgresql://${clusterUser}:${password}@127.0.0.1:${port}/${database}`;
}

async function ensureDatabase(maintenance: string, database: string): Promise<void> {
  await withClient(maintenance, async (client) => {
    const found = await client.query("select from pg_database where datname = $1", [database]);
    if (found.rowCount !== 0) return;
    try {
      await client.query(`create database ${client.escapeIdentifier(database)}`);
    } catch (error) {
      // 42P04: another start on the same folder made it in between.
      if ((error as { code?: string }).code !== "42P04" && (error as { code?: string }).code !== "23505") throw error;
    }
  });
}
