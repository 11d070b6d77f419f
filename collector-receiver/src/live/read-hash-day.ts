import type { Redis } from "ioredis";
import type { LiveSnapshot } from "../stats/live-counters.ts";
import { expiryMs, liveKeysOf } from "./live-keys.ts";

/** Every receiver writes today's hashes each minute: one that is older than this has no writer. */
const staleAfterMs = 150_000;

/**
 * One day from Redis.
 * @returns null if a hash is missing, or was not written for so long that nobody keeps it up
 * @throws if Redis does not answer
 */
export async function readHashDay(redis: Redis, tenantId: string, day: string): Promise<LiveSnapshot | null> {
  const { daily, agentDaily } = liveKeysOf(tenantId, day);
  const answers = (await redis.pipeline().hgetall(daily).pttl(daily).hgetall(agentDaily).pttl(agentDaily).exec()) ?? [];
  const [first, firstLeft, second, secondLeft] = answers.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  }) as [Record<string, string>, number, Record<string, string>, number];
  if (first["revision"] === undefined || second["revision"] === undefined) return null;
  // Each write sets the expiry anew, so what is left of it tells the age, by Redis' own clock.
  const ageMs = expiryMs - Math.min(firstLeft, secondLeft);
  return ageMs > staleAfterMs ? null : { daily: first, agentDaily: second };
}
