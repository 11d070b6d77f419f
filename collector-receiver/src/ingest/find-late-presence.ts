import { lateAfterMs } from "../metrics/agent-states.ts";
import type { AgentStateRow } from "../metrics/agent-states.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import type { MergedSession } from "../storage/facts/upsert-sessions.ts";
import type { LatePresence } from "../storage/facts/void-agent-days.ts";
import { rulesOf } from "./count-batch.ts";

/**
 * What a batch says of agents' time on days that may be kept: late events alone do. An end of a session ends the time for which
 * an agent held it.
 */
export function findLatePresence(
  agentStates: readonly AgentStateRow[],
  sessions: readonly MergedSession[],
  rules: ReadonlyMap<string, TenantRules>,
): LatePresence[] {
  const found = new Map<string, number>();
  const add = (tenantId: string, atMs: number): void => {
    if (atMs >= rulesOf(rules, tenantId).idleThroughMs - lateAfterMs) return;
    found.set(tenantId, Math.min(atMs, found.get(tenantId) ?? atMs));
  };
  for (const { tenantId, changedMs } of agentStates) add(tenantId, changedMs);
  for (const { tenantId, before, now } of sessions) {
    if (now.firstEndMs === null || now.takenOverMs === null || now.firstEndMs === before?.firstEndMs) continue;
    add(tenantId, now.firstEndMs);
  }
  return [...found].map(([tenantId, fromMs]) => ({ tenantId, fromMs }));
}
