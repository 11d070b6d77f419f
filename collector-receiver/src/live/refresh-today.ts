import type { Redis } from "ioredis";
import type { Pool } from "pg";
import { businessCalendarOf } from "../metrics/business-calendar.ts";
import { readDayRows, readTenantTimezones } from "../storage/counters/read-today-rows.ts";
import { writeHashes } from "./hash-writer.ts";
import { hashesOf } from "./live-hash.ts";
import { liveKeysOf } from "./live-keys.ts";

/** What Redis says of a hash without a revision, or of no hash: it may be replaced as well. */
const noRevision = "none";

/**
 * Overwrites today's hashes of every tenant from PostgreSQL, whatever they hold. The revisions are read
 * first: a hash that a commit has written meanwhile is newer than what PostgreSQL answered, and stays.
 * @throws if PostgreSQL or Redis does not answer
 */
export async function refreshToday(redis: Redis, pool: Pick<Pool, "query">, nowMs: number): Promise<void> {
  const days = (await readTenantTimezones(pool)).map(({ tenantId, timezone }) => ({
    tenantId,
    day: businessCalendarOf(timezone).dayOf(nowMs),
  }));
  if (days.length === 0) return;
  const reading = redis.pipeline();
  for (const { tenantId, day } of days) {
    const { daily, agentDaily } = liveKeysOf(tenantId, day);
    reading.hget(daily, "revision").hget(agentDaily, "revision");
  }
  const held = (await reading.exec()) ?? [];
  const rows = await readDayRows(pool, days);
  const hashes = rows.flatMap(hashesOf).map((hash, place) => {
    const revision = held[place]?.[1];
    return { ...hash, replaces: typeof revision === "string" && revision !== "" ? revision : noRevision };
  });
  await writeHashes(redis, hashes);
}
