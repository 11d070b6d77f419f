import { InvariantError } from "../invariant-error.ts";
import { foldIntoPeriods } from "../metrics/fold-into-periods.ts";
import type { CounterChanges } from "../metrics/counter-changes.ts";
import type { AgentStateRow } from "../metrics/agent-states.ts";
import type { CustomChanges } from "../metrics/custom-changes.ts";
import { upsertAiTokens } from "../storage/counters/upsert-ai-tokens.ts";
import { upsertAttributeCounts } from "../storage/counters/upsert-attribute-counts.ts";
import { insertAgentStates } from "../storage/facts/insert-agent-states.ts";
import { upsertAgentMetrics } from "../storage/counters/upsert-agent-metrics.ts";
import { upsertBusinessMetrics } from "../storage/counters/upsert-business-metrics.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { upsertCustomCounters } from "../storage/counters/upsert-custom-counters.ts";
import { upsertCustomSessions } from "../storage/facts/upsert-custom-sessions.ts";
import { upsertDataQuality } from "../storage/counters/upsert-data-quality.ts";
import { upsertDurationHistograms } from "../storage/counters/upsert-duration-histograms.ts";
import { upsertEventCounts } from "../storage/counters/upsert-event-counts.ts";
import { upsertHourCounters } from "../storage/counters/upsert-hour-counters.ts";
import { upsertSegmentCounters } from "../storage/counters/upsert-segment-counters.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { compareText } from "./compare-text.ts";

/**
 * Writes counter changes and commits, in one round trip, so that the hot rows (a tenant's day) are
 * held as briefly as possible.
 * @returns the day rows as they stand after the commit
 * @throws if anything failed; then nothing was committed, unless the connection was lost
 */
export async function writeCountersAndCommit(
  client: WriterConnection,
  changes: CounterChanges,
): Promise<BusinessRow[]> {
  const [rows, commit] = await Promise.all([
    writeCounters(client, changes),
    client.query({ name: "commit", text: "commit" }),
  ]);
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, not with an error.
  if (commit.command !== "COMMIT") throw new InvariantError(`the transaction ended with ${commit.command}`);
  return rows;
}

/**
 * Writes counter changes inside a transaction that goes on. All statements are sent at once; the least
 * contended rows first, the tenant's day last.
 */
export async function writeCounters(client: WriterConnection, changes: CounterChanges): Promise<BusinessRow[]> {
  const periods = foldIntoPeriods(changes.business.values());
  const customers = sorted(changes.customers).filter(({ counts }) => counts.some(({ sessions }) => sessions !== 0));
  const agents = sorted(changes.agents);
  const eventCounts = sorted(changes.eventCounts);
  const attributeCounts = sorted(changes.attributeCounts.rows);
  const histograms = sorted(changes.histograms);
  const quality = sorted(changes.quality.rows).filter(({ count }) => count !== 0);
  const segments = sorted(changes.segments.split());
  const aiCalls = sorted(changes.aiCalls.rows);
  // Most merges of a conversation take back what they add.
  const hours = sorted(changes.hours.rows).filter(({ amounts }) => amounts.some((amount) => amount !== 0));
  const { agentStates } = changes.operations;
  const writes: (Promise<void> | undefined)[] = [
    agentStates.length > 0 ? insertAgentStates(client, sortedStates(agentStates)) : undefined,
    changes.custom === null ? undefined : writeCustomChanges(client, changes.custom),
    quality.length > 0 ? upsertDataQuality(client, quality) : undefined,
    aiCalls.length > 0 ? upsertAiTokens(client, aiCalls) : undefined,
    hours.length > 0 ? upsertHourCounters(client, hours) : undefined,
    histograms.length > 0 ? upsertDurationHistograms(client, histograms) : undefined,
    attributeCounts.length > 0 ? upsertAttributeCounts(client, attributeCounts) : undefined,
    segments.length > 0 ? upsertSegmentCounters(client, segments) : undefined,
    agents.length > 0 ? upsertAgentMetrics(client, agents) : undefined,
    eventCounts.length > 0 ? upsertEventCounts(client, eventCounts) : undefined,
  ];
  const rows = periods.length > 0 ? upsertBusinessMetrics(client, periods, customers) : [];
  await Promise.all([...writes, rows]);
  return rows;
}

async function writeCustomChanges(client: WriterConnection, { sessions, counters }: CustomChanges): Promise<void> {
  await Promise.all([
    sessions.size > 0 ? upsertCustomSessions(client, sorted(sessions)) : undefined,
    counters.size > 0 ? upsertCustomCounters(client, sorted(counters)) : undefined,
  ]);
}

function sorted<Change>(changes: ReadonlyMap<string, Change>): Change[] {
  return [...changes.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, change]) => change);
}

/** By (tenant, event id): two writers that meet the same rows wait for each other in one order only. */
function sortedStates(states: readonly AgentStateRow[]): AgentStateRow[] {
  return states.toSorted((a, b) => compareText(a.tenantId, b.tenantId) || compareText(a.eventId, b.eventId));
}
