import { CounterChanges } from "../metrics/counter-changes.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { UpkeepTurn } from "../storage/wire/in-transaction.ts";
import { findDueWatermark, settleDueSessions } from "../storage/facts/settle-idle-sessions.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addFactsContribution, rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** Sessions of one transaction: a slice holds the tenant's batches back, so it has to be short. */
const sliceSessions = 1000;

export interface SweptSlice {
  readonly sessions: number;
  /** The watermark as it is now. */
  readonly idleThroughMs: number;
  readonly days: readonly BusinessRow[];
}

/**
 * Moves a tenant's watermark to `nowMs`, in slices: sessions that have been silent for the idle timeout
 * count as ended. The only thing that advances `idle_through`, in the transaction that applies what
 * follows from it, so that counters are a function of (events, settings, watermark) at any time.
 * @throws DutyTakenError if another receiver sweeps now; LockBusyError if the tenant was busy for longer than the turn allows
 */
export async function* sweepIdleSessions(
  client: WriterConnection,
  tenantId: string,
  nowMs: number,
  turn: UpkeepTurn = {},
): AsyncGenerator<SweptSlice> {
  for (;;) {
    const slice = await sweepSlice(client, tenantId, nowMs, turn);
    yield slice;
    if (slice.idleThroughMs >= nowMs) return;
  }
}

function sweepSlice(client: WriterConnection, tenantId: string, nowMs: number, turn: UpkeepTurn): Promise<SweptSlice> {
  return inTransaction(client, { lock: { alone: tenantId }, ...turn }, async () => {
    const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
    if (rules.idleThroughMs >= nowMs) return { sessions: 0, idleThroughMs: rules.idleThroughMs, days: [] };
    const watermark = await findDueWatermark(client, tenantId, nowMs, sliceSessions);
    const settled = await settleDueSessions(client, tenantId, watermark, rules.idleTimeoutMs);
    const later = { ...rules, idleThroughMs: watermark };
    const changes = new CounterChanges();
    for (const facts of settled) {
      addFactsContribution(changes, rules, facts, -1);
      addFactsContribution(changes, later, facts, 1);
    }
    const days = await writeCounters(client, changes);
    return { sessions: settled.length, idleThroughMs: watermark, days };
  });
}
