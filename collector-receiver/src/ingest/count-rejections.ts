import { rejectionEntry } from "../metrics/data-quality.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { Sign } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { markReplayed } from "../storage/events/read-rejected-events.ts";
import type { CountedRejection } from "../storage/events/read-rejected-events.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "./count-batch.ts";
import { writeCounters } from "./write-counters.ts";

/** Counts a rejected event in the ledger of data quality, or takes it back. Sealed days stay as they are. */
export function countRejection(
  changes: CounterChanges,
  { tenantId, code, eventName, contentHash, countedAtMs }: CountedRejection,
  rules: TenantRules,
  sign: Sign,
): void {
  if (rules.retainedFromMs !== null && countedAtMs < rules.retainedFromMs) return;
  const hash = Buffer.from(contentHash).toString("hex");
  const event = { tenantId, name: eventName ?? "", occurredAtMs: countedAtMs, contentHash: hash };
  changes.quality.add(rules.calendar.dayOf(countedAtMs), event, rejectionEntry(code), sign);
}

/** Notes that rejected events have been counted after all, and takes them out of the ledger. */
export async function noteReplayed(
  client: WriterConnection,
  tenantId: string,
  contentHashes: readonly Buffer[],
): Promise<void> {
  if (contentHashes.length === 0) return;
  await inTransaction(client, { lock: { shared: tenantId } }, async () => {
    const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
    const changes = new CounterChanges();
    for (const rejection of await markReplayed(client, tenantId, contentHashes)) {
      countRejection(changes, rejection, rules, -1);
    }
    await writeCounters(client, changes);
  });
}
