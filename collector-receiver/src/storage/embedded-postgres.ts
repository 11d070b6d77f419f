import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findFreePort } from "./find-free-port.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { findRunningPostmaster } from "./running-postmaster.ts";
import { chooseLauncher, type UnprivilegedLauncher } from "./run-unprivileged.ts";

const USER = "spanledger";
/** Crash recovery of a large folder takes long; a server that is still working at it is not given up. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its password and its log; made if it is missing, continued if it is there. */
  readonly dataFolder: string;
  /** The database that `connectionString` names; made if it is missing. */
  readonly database?: string;
  /** False only for tests: commits no longer reach the disk. */
  readonly durable?: boolean;
  /** Server settings beyond our own, as `name=value`. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgres {
  readonly connectionString: string;
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** True where the server of this data folder ran already: then `stop` leaves it running. */
  readonly reused: boolean;
  readonly logFile: string;
  /** Fast shutdown (open transactions are rolled back, what is committed is flushed); resolves when the server is gone. */
  stop(): Promise<void>;
}

export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
  readonly code: "start_failed" | "wrong_owner" | "wrong_version" | "stop_failed";
  constructor(code: EmbeddedPostgresError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Starts PostgreSQL from the npm package on a free loopback port, or connects to the one that already
 * runs on this data folder. It stops with our process, however that ends.
 * @throws EmbeddedPostgresError, NoPostgresBinariesError, CannotRunUnprivilegedError; each says what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataFolder);
  const cluster = join(folder, "cluster");
  const logFile = join(folder, "postgres.log");
  const database = options.database ?? USER;
  await mkdir(folder, { recursive: true });

  const deadline = Date.now() + START_TIMEOUT_MS;
  for (
    let running = await findRunningPostmaster(cluster);
    running !== undefined;
    running = await findRunningPostmaster(cluster)
  ) {
    const { pid, port } = running;
    const password = await readPassword(folder);
    try {
      await ensureDatabase(connectTo(port, password, "postgres"), database);
      return {
        connectionString: connectTo(port, password, database),
        port,
        pid,
        reused: true,
        logFile,
        stop: async () => {},
      };
    } catch (cause) {
      // It may be about to start or to stop: either ends.
      if (Date.now() > deadline)
        throw new EmbeddedPostgresError(
          "start_failed",
          `PostgreSQL (process ${pid}) runs on ${cluster} but refuses to work; stop it with \`kill -INT ${pid}\`. See ${logFile}.`,
          { cause },
        );
      await sleep(200);
    }
  }

  const binaries = await findPostgresBinaries();
  const launcher = await chooseLauncher(
    binaries.initdb,
    [binaries.postgres, binaries.share, folder],
    await ownerOf(cluster),
  );
  await initialise(folder, cluster, binaries, launcher);
  await checkCluster(cluster, launcher);
  const password = await readPassword(folder);
  const { server, port } = await startServer({ cluster, logFile, password, binaries, launcher, options, deadline });
  const release = stopWithProcess(server);
  try {
    await ensureDatabase(connectTo(port, password, "postgres"), database);
  } catch (error) {
    await stopServer(server);
    throw error;
  }
  return {
    connectionString: connectTo(port, password, database),
    port,
    pid: server.pid ?? -1,
    reused: false,
    logFile,
    stop: async () => {
      await stopServer(server);
      release();
    },
  };
}

function connectTo(port: number, password: string, database: string): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

async function readPassword(folder: string): Promise<string> {
  return (await readFile(join(folder, "password"), "utf8")).trim();
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function initialise(
  folder: string,
  cluster: string,
  binaries: PostgresBinaries,
  launcher: UnprivilegedLauncher,
): Promise<void> {
  if ((await ownerOf(cluster)) !== undefined) return;
  // Made beside its final place and renamed at the end: a start that is killed half-way leaves no half cluster.
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = join(unfinished, "..", "password.unfinished");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (launcher.owner !== undefined) {
    await chown(unfinished, launcher.owner.uid, launcher.owner.gid);
    await chown(passwordFile, launcher.owner.uid, launcher.owner.gid);
  }
  const { file, ...how } = launcher.wrap(binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
  ]);
  const { args, ...spawnAs } = how;
  // The C locale keeps `order by` bytewise and the same on every machine.
  const initdb = spawn(file, args, {
    ...spawnAs,
    cwd: unfinished,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  let output = "";
  const collect = (chunk: Buffer) => (output += chunk.toString());
  initdb.stdout.on("data", collect);
  initdb.stderr.on("data", collect);
  const [code] = (await once(initdb, "close")) as [number | null];
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw new EmbeddedPostgresError(
      "start_failed",
      `initdb could not make a database in ${cluster} (exit code ${code}): ${output.trim()}`,
    );
  }
  if (launcher.owner !== undefined) await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await chmod(passwordFile, 0o600);
  await rename(passwordFile, join(folder, "password"));
  await rename(unfinished, cluster);
}

async function checkCluster(cluster: string, launcher: UnprivilegedLauncher): Promise<void> {
  const owner = await ownerOf(cluster);
  const runAs = launcher.owner?.uid ?? process.getuid?.();
  if (owner !== undefined && runAs !== undefined && owner.uid !== runAs) {
    throw new EmbeddedPostgresError(
      "wrong_owner",
      `${cluster} belongs to user id ${owner.uid}, and PostgreSQL would run as ${runAs}. Start as that user (or as root), or choose another data folder.`,
    );
  }
  let version: string;
  try {
    version = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "wrong_version",
      `${cluster} is not a PostgreSQL data folder (no PG_VERSION). Move it away, or choose another data folder.`,
      { cause },
    );
  }
  if (version !== "18") {
    throw new EmbeddedPostgresError(
      "wrong_version",
      `${cluster} was made by PostgreSQL ${version}, and this version embeds PostgreSQL 18. Dump it with the old version and restore it, or choose another data folder.`,
    );
  }
}

interface StartRequest {
  cluster: string;
  logFile: string;
  password: string;
  binaries: PostgresBinaries;
  launcher: UnprivilegedLauncher;
  options: EmbeddedPostgresOptions;
  deadline: number;
}

async function startServer(request: StartRequest): Promise<{ server: ChildProcess; port: number }> {
  const { cluster, logFile, launcher, options, deadline } = request;
  if (((await stat(logFile).catch(() => undefined))?.size ?? 0) > LOG_LIMIT_BYTES)
    await rename(logFile, `${logFile}.1`);
  for (;;) {
    const port = await findFreePort();
    const from = (await stat(logFile).catch(() => undefined))?.size ?? 0;
    const settings = [
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "timezone=UTC",
      "log_timezone=UTC",
      "max_connections=200",
      // Fewer checkpoints: after each one, every page that changes is written to the log in full once.
      "max_wal_size=2GB",
      ...(options.durable === false ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : []),
      ...(options.settings ?? []),
    ];
    const { file, ...how } = launcher.wrap(request.binaries.postgres, [
      "-D",
      cluster,
      "-p",
      String(port),
      ...settings.flatMap((setting) => ["-c", setting]),
    ]);
    const { args, ...spawnAs } = how;
    // Opened by us, so that the server needs no right to write there; a file, so that it cannot block on a reader.
    const log = openSync(logFile, "a", 0o600);
    // Its own process group: a Ctrl-C in the terminal stops us first, and us the server, when the queue is drained.
    const server = spawn(file, args, {
      ...spawnAs,
      cwd: cluster,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    closeSync(log);
    const failure = await waitUntilReady(server, connectTo(port, request.password, "postgres"), deadline);
    if (failure === undefined) return { server, port };
    const said = (await readFile(logFile, "utf8")).slice(from).trim();
    // Another process took the port in between, or the children of a killed server have not all noticed yet.
    const passing = /Address already in use|pre-existing shared memory block/.test(said);
    if (passing && Date.now() < deadline) {
      await sleep(200);
      continue;
    }
    throw new EmbeddedPostgresError(
      "start_failed",
      `PostgreSQL did not start on ${cluster} (${failure}). Its log, ${logFile}, ends:\n${said.split("\n").slice(-8).join("\n")}`,
    );
  }
}

/** Resolves with nothing when the server answers, else with what happened. */
async function waitUntilReady(
  server: ChildProcess,
  connectionString: string,
  deadline: number,
): Promise<string | undefined> {
  let ended: string | undefined;
  server.once("error", (error) => (ended = error.message));
  server.once("exit", (code, signal) => (ended = `it ended with ${signal ?? `exit code ${code}`}`));
  for (;;) {
    if (ended !== undefined) return ended;
    try {
      await withClient(connectionString, (client) => client.query("select 1"));
      return undefined;
    } catch (error) {
      if (Date.now() > deadline) {
        server.kill("SIGINT");
        return `no answer after ${START_TIMEOUT_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`;
      }
      await sleep(40);
    }
  }
}

async function withClient<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // Without a listener an error between two queries ends our process.
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
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

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.ref();
  server.kill("SIGINT");
  const late = new AbortController();
  const outcome = await Promise.race([
    gone,
    sleep(STOP_TIMEOUT_MS, "late" as const, { signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
  if (outcome === "late") {
    // Immediate shutdown: loses nothing that is committed, the next start recovers from the log.
    server.kill("SIGQUIT");
    await gone;
  }
}

/** Stops the server when our process ends; returns what undoes that. */
function stopWithProcess(server: ChildProcess): () => void {
  const onExit = () => void server.kill("SIGINT");
  const onSignal = (signal: NodeJS.Signals) => {
    // Where somebody else listens too, they decide how the process ends, and `exit` comes to us then.
    if (process.listenerCount(signal) > 1) return;
    release();
    server.kill("SIGINT");
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const release = () => {
    process.off("exit", onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on("exit", onExit);
  for (const signal of signals) process.on(signal, onSignal);
  // The server alone does not keep our process alive.
  server.unref();
  server.once("exit", release);
  return release;
}
