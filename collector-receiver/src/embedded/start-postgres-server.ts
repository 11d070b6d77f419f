import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { serverEnvironment } from "./server-environment.ts";
import { findFreePort } from "./find-free-port.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import type { UnprivilegedLauncher } from "./run-unprivileged.ts";

const stopTimeoutMs = 60_000;
const maxLogBytes = 10 * 1024 * 1024;

export interface StartRequest {
  cluster: string;
  logFile: string;
  /** Connection string of the maintenance database on a port. */
  connectionStringFor: (port: number) => string;
  binaries: PostgresBinaries;
  launcher: UnprivilegedLauncher;
  /** False only for tests. */
  durable: boolean;
  /** Server settings beyond our own, as `name=value`. */
  settings: readonly string[];
  /** Milliseconds since 1970. */
  deadline: number;
}

/**
 * Starts the server of a cluster on a free port of 127.0.0.1 and waits until it answers.
 * @throws EmbeddedPostgresError `already_running` if another process started one in between
 */
export async function startPostgresServer(request: StartRequest): Promise<{ server: ChildProcess; port: number }> {
  const { cluster, logFile, launcher, deadline } = request;
  if (((await stat(logFile).catch(() => undefined))?.size ?? 0) > maxLogBytes) await rename(logFile, `${logFile}.1`);
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
      ...(!request.durable ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : []),
      ...request.settings,
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
      env: serverEnvironment(),
    });
    closeSync(log);
    const failure = await waitUntilReady(server, request.connectionStringFor(port), deadline);
    if (failure === undefined) return { server, port };
    const said = (await readFile(logFile, "utf8")).slice(from).trim();
    // Another process took the port in between, or the children of a killed server have not all noticed yet.
    const passing = /Address already in use|pre-existing shared memory block/.test(said);
    if (passing && Date.now() < deadline) {
      await sleep(200);
      continue;
    }
    const already = /lock file "postmaster\.pid" already exists/.test(said);
    throw new EmbeddedPostgresError(
      already ? "already_running" : "start_failed",
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
        return `no answer in time: ${error instanceof Error ? error.message : String(error)}`;
      }
      await sleep(40);
    }
  }
}

/** Runs something on a connection of its own. */
export async function withClient<T>(connectionString: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
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

/** Fast shutdown; resolves when the server is gone. */
export async function stopPostgresServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.ref();
  server.kill("SIGINT");
  const late = new AbortController();
  const outcome = await Promise.race([
    gone,
    sleep(stopTimeoutMs, "late" as const, { signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
  if (outcome === "late") {
    // Immediate shutdown: loses nothing that is committed, the next start recovers from the log.
    server.kill("SIGQUIT");
    await gone;
  }
}

/** Stops the server when our process ends; returns what undoes that. */
export function stopWithProcess(server: ChildProcess): () => void {
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
