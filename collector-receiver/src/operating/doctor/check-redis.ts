import { setTimeout as sleep } from "node:timers/promises";
import { openRedis } from "../../live/redis-connection.ts";
import type { Result } from "./finding.ts";

const redisTimeoutMs = 2_000;

export async function checkRedis(url: string | undefined): Promise<Result> {
  if (url === undefined) return ["ok", "none configured; live counters come from PostgreSQL"];
  let reason = "no answer within 2 s";
  const redis = openRedis({
    url,
    name: "spanledger-doctor",
    commandTimeoutMs: redisTimeoutMs,
    onChange: (_connected, error) => (reason = error?.message ?? reason),
  });
  try {
    for (let waited = 0; redis.status !== "ready" && waited < redisTimeoutMs; waited += 50) await sleep(50);
    if (redis.status !== "ready") {
      return ["warning", `${reason}; live counters come from PostgreSQL until Redis is there (REDIS_URL)`];
    }
    await redis.ping();
    return ["ok", "answers"];
  } finally {
    redis.disconnect();
  }
}
