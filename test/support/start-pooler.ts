import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";
import { findProgram } from "../../deploy/setup/find-program.ts";

export interface Pooler {
  readonly program: string;
  /** `1.22.1`, as numbers. */
  readonly version: readonly number[];
}

/** PgBouncer on the PATH; undefined if there is none. */
export async function findPooler(): Promise<Pooler | undefined> {
  const program = await findProgram("pgbouncer");
  if (program === undefined) return undefined;
  const { stdout } = await promisify(execFile)(program, ["--version"]);
  const version = /PgBouncer (\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [0];
  return { program, version };
}

/** Since 1.22.1 a pooler in transaction mode keeps named statements, and forgets them at the right time. */
export function keepsStatements({ version: [major = 0, minor = 0, patch = 0] }: Pooler): boolean {
  return major > 1 || minor > 22 || (minor === 22 && patch >= 1);
}

export type PoolerMode = "session" | "transaction" | "statement";

export interface RunningPooler {
  /** Leads through it. */
  readonly connectionString: string;
  readonly port: number;
  kill(): Promise<void>;
}

/** Starts PgBouncer before a server. */
export async function startPooler(
  { program, version }: Pooler,
  connectionString: string,
  mode: PoolerMode,
): Promise<RunningPooler> {
  const { hostname, port, username, password, pathname } = new URL(connectionString);
  const name = pathname.slice(1);
  const folder = await mkdtemp(join(tmpdir(), "spanledger-pooler-"));
  const ownPort = await findFreePort();
  const config = join(folder, "pgbouncer.ini");
  const login = `user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`;
  const keepsNamed = (version[1] ?? 0) >= 21 ? ["max_prepared_statements = 200"] : [];
  const lines = [
    "[databases]",
    `${name} = host=${hostname} port=${port} dbname=${name} ${login}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${ownPort}`,
    "unix_socket_dir =",
    "auth_type = any",
    `pool_mode = ${mode}`,
    // Few in transaction mode, so that what one client leaves in a session meets the next.
    `default_pool_size = ${mode === "session" ? 50 : 3}`,
    ...keepsNamed,
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  await chmod(folder, 0o755);
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program, [...user, config], { stdio: "ignore" });
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const pooled = new URL(connectionString);
  pooled.host = `127.0.0.1:${ownPort}`;
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: pooled.href });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      await client.end();
      return { connectionString: pooled.href, port: ownPort, kill };
    } catch (error) {
      await client.end().catch(() => {});
      if (attempt === 100 || child.exitCode !== null) {
        await kill();
        throw error;
      }
      await sleep(50);
    }
  }
}
