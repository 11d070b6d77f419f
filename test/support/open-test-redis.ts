import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { RedisSource } from "../../deploy/setup/find-redis-server.ts";
import { startRedis, type TestRedis } from "./start-redis.ts";

/** Why what kills a Redis is left out on a machine whose only one is somebody else's. */
export const redisExcuse =
  (process.env["REDIS_URL"] ?? "") === "" ? undefined : "REDIS_URL names one that is not ours to kill";

/** A key under which a database of a shared server is taken; no other run takes it then. */
const claim = "spanledger:test:claim";

/** Starts a server, or takes an empty database of the one that `REDIS_URL` names, and empties it at the end. */
export async function openTestRedis(source: RedisSource): Promise<TestRedis> {
  if (source.kind === "program") return startRedis(source);
  const mine = randomUUID();
  // From the end: people use the first ones.
  for (let database = 15; database >= 1; database--) {
    const url = new URL(source.url);
    url.pathname = `/${database}`;
    const client = new Redis(url.href, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => {});
    await client.connect();
    if ((await client.set(claim, mine, "EX", 3600, "NX")) === "OK") {
      if ((await client.dbsize()) === 1) {
        return {
          url: url.href,
          client,
          async stop() {
            await client.flushdb();
            client.disconnect();
          },
        };
      }
      await client.del(claim);
    }
    client.disconnect();
  }
  throw new Error(`none of the databases 1 to 15 of REDIS_URL is empty; tests use no other`);
}
