import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "../../collector-receiver/src/storage/find-free-port.ts";
import type { RedisSource } from "../../deploy/setup/find-redis-server.ts";

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Undefined where `REDIS_URL` named a server of somebody else's: tests that kill it need their own. */
  readonly pid: number | undefined;
  /** Ends it; `SIGKILL` for a test that wants it to die. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Starts a Redis on a free port of 127.0.0.1, without persistence.
 * @param port to start one again where it was before
 * @param settings beyond that, as on redis-server's command line: ["--maxmemory", "1mb"]
 */
export async function startTestRedis(
  source: RedisSource,
  { port, settings = [] }: { port?: number; settings?: readonly string[] } = {},
): Promise<TestRedis> {
  if (source.kind === "url") {
    return { url: source.url, port: Number(new URL(source.url).port || 6379), pid: undefined, stop: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), "spanledger-redis-"));
  const chosen = port ?? (await findFreePort());
  const child = spawn(
    source.path,
    ["--bind", "127.0.0.1", "--port", String(chosen), "--save", "", "--appendonly", "no", "--dir", folder, ...settings],
    { env: { ...process.env, ...source.env }, stdio: "ignore" },
  );
  const onExit = () => void child.kill("SIGKILL");
  process.once("exit", onExit);
  while (!(await answers(chosen))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with exit code ${child.exitCode}`);
    await sleep(20);
  }
  return {
    url: `redis://127.0.0.1:${chosen}/0`,
    port: chosen,
    pid: child.pid,
    async stop(signal = "SIGTERM") {
      process.off("exit", onExit);
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill(signal);
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write("PING\r\n"));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString().startsWith("+PONG"));
    });
    socket.once("error", () => resolve(false));
  });
}
