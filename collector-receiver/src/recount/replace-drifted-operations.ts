import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import { wordsOf } from "../metrics/words.ts";
import { readDriftedOperations } from "../storage/recount/drifted-operations.ts";
import type { OperationKeys } from "../storage/recount/drifted-operations.ts";
import { forgetKeptDays } from "../storage/facts/forget-kept-days.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { forgetAgentStates } from "../storage/recount/replace-operations.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** Rows of one slice. */
const sliceRows = 500;

/**
 * Replaces the facts of agents that drifted in the snapshot by what their events say now, in short
 * slices that hold the tenant's batches back. Sealed facts stay, and what is left of their events merges into them.
 */
export async function replaceDriftedOperations(writer: WriterConnection, tenantId: string): Promise<void> {
  await replaceSlices(writer, tenantId, "agentStates", (keys, retainedFromMs) =>
    forgetAgentStates(writer, tenantId, keys, retainedFromMs),
  );
}

async function replaceSlices<Table extends keyof OperationKeys>(
  writer: WriterConnection,
  tenantId: string,
  table: Table,
  forget: (keys: readonly OperationKeys[Table][], retainedFromMs: number | null) => Promise<CountableEvent[]>,
): Promise<void> {
  for (let after = 0; ; after += sliceRows) {
    const keys = await readDriftedOperations(writer, table, after, sliceRows);
    if (keys.length === 0) return;
    await inTransaction(writer, { lock: { alone: tenantId } }, async () => {
      const rules = rulesOf(await loadTenantRules(writer, [tenantId]), tenantId);
      await forgetKeptDays(writer, tenantId);
      const changes = new CounterChanges();
      const events = await forget(keys, rules.retainedFromMs);
      for (const event of events) if (!event.test) changes.operations.addEvent(event, wordsOf(rules));
      await writeCounters(writer, onlyOf(changes, table));
    });
  }
}

/** Of what a slice's events say, only its own table is replaced. */
function onlyOf(changes: CounterChanges, table: keyof OperationKeys): CounterChanges {
  const { operations } = changes;
  if (table !== "agentStates") operations.agentStates.length = 0;
  return changes;
}
