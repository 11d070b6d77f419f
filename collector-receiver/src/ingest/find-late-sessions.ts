import { durableDays, settledMs } from "../metrics/operation-metrics.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import type { LateSessions } from "../storage/facts/void-resolution-days.ts";
import type { MergedSession } from "../storage/facts/upsert-sessions.ts";
import { rulesOf } from "./count-batch.ts";

const dayMs = 86_400_000;
/** A session that began less than this before the watermark returned to no day that is kept. */
const youngMs = settledMs - durableDays * dayMs;

/**
 * What a batch changed of sessions that may belong to days whose resolutions are kept, or be a return to one: late
 * events alone do. By tenant and day of the start, so that they are few whatever the batch.
 */
export function findLateSessions(
  sessions: readonly MergedSession[],
  rules: ReadonlyMap<string, TenantRules>,
): LateSessions[] {
  const found = new Map<string, { -readonly [Key in keyof LateSessions]: LateSessions[Key] }>();
  for (const { tenantId, before, now } of sessions) {
    const { idleThroughMs } = rulesOf(rules, tenantId);
    const returns =
      before === null ||
      before.firstStartMs !== now.firstStartMs ||
      before.userId !== now.userId ||
      isTestSession(before) !== isTestSession(now);
    const latestMs = idleThroughMs - (returns ? youngMs : settledMs);
    add(tenantId, now.firstStartMs, latestMs, returns);
    // Where it began before it was known to begin earlier.
    if (returns) add(tenantId, before?.firstStartMs ?? null, latestMs, returns);
  }
  return [...found.values()];

  function add(tenantId: string, startMs: number | null, latestMs: number, returns: boolean): void {
    if (startMs === null || startMs > latestMs) return;
    const key = `${tenantId}\n${Math.floor(startMs / dayMs)}\n${returns}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { tenantId, fromMs: startMs, toMs: startMs, returns });
    else {
      known.fromMs = Math.min(known.fromMs, startMs);
      known.toMs = Math.max(known.toMs, startMs);
    }
  }
}
