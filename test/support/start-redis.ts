import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { findFreePort } from "../../collector-receiver/src/embedded/find-free-port.ts";
import type { RedisProgram } from "../../deploy/setup/find-redis-server.ts";

export interface RedisOptions {
  readonly password?: string;
  /** Further arguments of redis-server, as in its configuration file: `["maxmemory", "2mb"]`. */
  readonly settings?: readonly (readonly [name: string, value: string])[];
  /** Serves TLS only, with this certificate and key (paths). */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A Redis with nothing in it, for tests that neither kill nor reconfigure it. */
export interface TestRedis {
  readonly url: string;
  /** For the test's own questions: what `redis-cli` would ask. */
  readonly client: Redis;
  stop(): Promise<void>;
}

export interface RestartableRedis extends TestRedis {
  readonly port: number;
  /** Process id of the server that runs now. */
  readonly pid: number;
  /** Ends the server at once. */
  kill(): Promise<void>;
  /** Starts it again on the same port; it remembers nothing. */
  restart(): Promise<void>;
}

/**
 * A Redis that tests kill and start again, with passwords and TLS: on a free port of 127.0.0.1, without
 * a disk. `stop()` is the caller's.
 */
export async function startRedis(program: RedisProgram, options: RedisOptions = {}): Promise<RestartableRedis> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-redis-"));
  const port = await findFreePort();
  const { password, tls, settings = [] } = options;
  const arguments_ = [
    ...(tls === undefined ? ["--port", String(port)] : ["--port", "0", "--tls-port", String(port)]),
    ...(tls === undefined
      ? []
      : ["--tls-cert-file", tls.certificate, "--tls-key-file", tls.key, "--tls-auth-clients", "no"]),
    ...["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder],
    ...(password === undefined ? [] : ["--requirepass", password]),
    ...settings.flatMap(([name, value]) => [`--${name}`, value]),
  ];
  let server: ChildProcess | undefined;
  const credentials = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  const url = `${tls === undefined ? "redis" : "rediss"}://${credentials}127.0.0.1:${port}`;
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
    ...(tls === undefined ? {} : { tls: { rejectUnauthorized: false } }),
  });
  client.on("error", () => {});

  async function start(): Promise<void> {
    server = spawn(program.path, arguments_, { env: { ...process.env, ...program.env }, stdio: "ignore" });
    for (let attempt = 1; ; attempt++) {
      if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
      const answer = await Promise.race([client.ping().catch(() => ""), sleep(200, "")]);
      if (answer === "PONG") return;
      if (attempt === 100) throw new Error("redis-server does not answer");
      await sleep(20);
    }
  }
  async function kill(): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  }

  client.connect().catch(() => {});
  await start();
  return {
    url,
    port,
    get pid() {
      return server?.pid ?? 0;
    },
    client,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    stop: async () => {
      client.disconnect();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
