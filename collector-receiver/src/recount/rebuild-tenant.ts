import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import { derivedTablesOf } from "../storage/recount/derived-tables.ts";
import { readDriftedSessions, stageDriftedSessions } from "../storage/recount/drifted-sessions.ts";
import type { DriftedSession } from "../storage/recount/drifted-sessions.ts";
import { loadSessionEvents } from "../storage/recount/stream-countable-events.ts";
import { forgetKeptDays } from "../storage/facts/forget-kept-days.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { mendClaims } from "./mend-claims.ts";
import { stageDriftedOperations } from "../storage/recount/drifted-operations.ts";
import { stageDriftedTickets } from "../storage/recount/drifted-tickets.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { lockRebuild } from "../storage/recount/lock-rebuild.ts";
import { openSnapshotPair } from "../storage/recount/open-snapshot-pair.ts";
import { dropShadowTables } from "../storage/recount/shadow-tables.ts";
import { isSessionShared, SharedSessionError } from "../storage/wire/refuse-shared-session.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addFactsContribution, rulesOf } from "../ingest/count-batch.ts";
import { applyTenantCorrections, stageTenantCorrections } from "./correct-counters.ts";
import { countStoredTicketsInstead, replaceDriftedTickets } from "./replace-drifted-tickets.ts";
import { replaceDriftedOperations } from "./replace-drifted-operations.ts";
import { recountEvents } from "./recount-events.ts";
import { moveTestSessions, recountSessions } from "./recount-sessions.ts";
import { writeCounters } from "../ingest/write-counters.ts";

export interface Rebuild {
  readonly tenantId: string;
  /** Rows that were counted again. */
  readonly events: number;
  /** Sessions whose facts were replaced. */
  readonly sessions: number;
}

/** Sessions of one slice, for which the tenant has no batches. */
const sliceSessions = 500;

/**
 * Makes the drift zero from any state, while ingest goes on:
 *
 * 1. In one snapshot, recount everything, and write down by how much each counter is off *given the
 *    stored session facts*. Adding that difference later is right whatever was counted in between,
 *    because counters and facts only ever move together.
 * 2. Then replace the facts of the sessions that drift, slice by slice with the tenant alone, and
 *    move the counters by f(true facts) - f(stored facts).
 * 3. The same for the tickets that drift.
 *    Facts of agents move no counter: the rows that drift are read again from their events.
 *    What upkeep keeps of days that are over is forgotten, and made again in its next rounds.
 * 4. Ids are claimed that receivers before 0.3.0 did not claim, and claims without a row are removed.
 *
 * A second rebuild of the tenant waits until the first one has ended.
 * @param onWaiting called once if another rebuild of the tenant is under way
 * @throws SharedSessionError if a pooler hands out sessions by transaction
 */
export async function rebuildTenant(
  connectionString: string,
  tenantId: string,
  onProgress: (events: number) => void = () => {},
  onWaiting: () => void = () => {},
): Promise<Rebuild> {
  const { reader, writer, close } = await openSnapshotPair(connectionString, async (client, other) => {
    if (await isSessionShared(client, other))
      throw new SharedSessionError("a rebuild", connectionString, "DATABASE_URL");
    await lockRebuild(client, tenantId, onWaiting);
  });
  try {
    const ofTenant = await loadTenantRules(reader, [tenantId]);
    const rules = rulesOf(ofTenant, tenantId);
    const events = (await recountEvents(reader, writer, ofTenant, onProgress)).get(tenantId) ?? 0;
    await stageDriftedSessions(writer, tenantId);
    await stageDriftedTickets(writer, tenantId);
    await stageDriftedOperations(writer, tenantId);
    await countStoredFactsInstead(writer, rules);
    await countStoredTicketsInstead(writer, rules);
    await stageTenantCorrections(writer, rules);
    await dropShadowTables(writer, derivedTablesOf([rules]));
    await writer.query("commit");
    await inTransaction(writer, { lock: { shared: tenantId } }, async () => {
      // A newer version may have switched the tenant to its rules meanwhile.
      await refuseUnknownRules(writer, [tenantId]);
      await applyTenantCorrections(writer, rules);
      await forgetKeptDays(writer, tenantId);
    });
    const sessions = await replaceDriftedSessions(writer, tenantId);
    await replaceDriftedTickets(writer, tenantId);
    await replaceDriftedOperations(writer, tenantId);
    await mendClaims(writer, rules);
    return { tenantId, events, sessions };
  } finally {
    await close();
  }
}

/** Moves the shadow counters from what the true facts give to what the stored facts give. */
async function countStoredFactsInstead(writer: WriterConnection, rules: TenantRules): Promise<void> {
  for await (const slice of driftedSlices(writer)) {
    const changes = new CounterChanges();
    for (const { stored, expected } of slice) {
      addFactsContribution(changes, rules, expected, -1);
      addFactsContribution(changes, rules, stored, 1);
    }
    await countStoredTestsInstead(writer, rules, slice, changes);
    await writeCounters(writer, changes);
  }
}

/** The same for the events of sessions that are tests on one side only. */
async function countStoredTestsInstead(
  writer: WriterConnection,
  rules: TenantRules,
  slice: readonly DriftedSession[],
  changes: CounterChanges,
): Promise<void> {
  const testsOf = (side: "stored" | "expected"): Set<string> =>
    new Set(slice.flatMap((session) => (session[side] && isTestSession(session[side]) ? [session.sessionId] : [])));
  const [expected, stored] = [testsOf("expected"), testsOf("stored")];
  const turned = [...new Set([...expected, ...stored])].filter((id) => expected.has(id) !== stored.has(id));
  if (turned.length === 0) return;
  const events = await loadSessionEvents(writer, rules.tenantId, turned, rules.retainedFromMs);
  moveTestSessions(changes, rules, events, expected, stored);
}

async function replaceDriftedSessions(writer: WriterConnection, tenantId: string): Promise<number> {
  let replaced = 0;
  for await (const slice of driftedSlices(writer)) {
    const sessionIds = slice.map(({ sessionId }) => sessionId);
    await inTransaction(writer, { lock: { alone: tenantId } }, async () => {
      const rules = rulesOf(await loadTenantRules(writer, [tenantId]), tenantId);
      const changes = new CounterChanges();
      await recountSessions(writer, rules, sessionIds, changes);
      await writeCounters(writer, changes);
    });
    replaced += slice.length;
  }
  return replaced;
}

async function* driftedSlices(writer: WriterConnection) {
  let after = "";
  for (;;) {
    const slice = await readDriftedSessions(writer, after, sliceSessions);
    if (slice.length === 0) return;
    yield slice;
    after = slice.at(-1)?.sessionId as string;
  }
}
