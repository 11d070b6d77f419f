import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test, vi } from "vitest";
import { findRedisProgram, findRedisServer } from "../../deploy/setup/find-redis-server.ts";
import { describeWith } from "../support/describe-with.ts";
import { openTestRedis } from "../support/open-test-redis.ts";
import { startRedis } from "../support/start-redis.ts";

const program = await findRedisProgram();

test("REDIS_URL is taken before any program, redis-server on the PATH before the one that was unpacked", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-redis-path-"));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("PATH", folder);
  vi.stubEnv("REDIS_URL", "");
  expect(await findRedisServer()).toBeUndefined();
  await writeFile(join(folder, "redis-server"), "", { mode: 0o755 });
  expect(await findRedisServer()).toEqual({ kind: "program", path: join(folder, "redis-server"), env: {} });
  vi.stubEnv("REDIS_URL", "redis://127.0.0.1:6379");
  expect(await findRedisServer()).toEqual({ kind: "url", url: "redis://127.0.0.1:6379" });
});

describeWith("redis-server (npm run setup)", program, (redisProgram) => {
  test("of a server that REDIS_URL names, each test takes an empty database of its own, and leaves it empty", async () => {
    const server = await startRedis(redisProgram());
    onTestFinished(server.stop);
    const inDatabase = (n: number): Redis => {
      const client = new Redis(`${server.url}/${n}`);
      onTestFinished(() => client.disconnect());
      return client;
    };
    // Somebody's data in the first that would be taken, and in the one that programs use unless told otherwise.
    await inDatabase(15).set("theirs", "15");
    await inDatabase(0).set("theirs", "0");
    const source = { kind: "url", url: server.url } as const;
    const [one, two] = await Promise.all([openTestRedis(source), openTestRedis(source)]);
    expect([one.url, two.url].toSorted()).toEqual([`${server.url}/13`, `${server.url}/14`]);
    await one.client.set("ours", "1");
    await Promise.all([one.stop(), two.stop()]);
    expect(await Promise.all([13, 14, 15, 0].map((n) => inDatabase(n).dbsize()))).toEqual([0, 0, 1, 1]);
    expect(await inDatabase(15).get("theirs")).toBe("15");
    // Where everything is taken, tests use no other's database.
    for (let n = 1; n <= 14; n++) await inDatabase(n).set("theirs", String(n));
    await expect(openTestRedis(source)).rejects.toThrow("none of the databases");
  });
});
