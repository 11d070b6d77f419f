import type { BusinessEvent, RejectedEvent } from "../mapping/business-event.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { copyEvents } from "../storage/copy-events.ts";
import { insertRejectedEvents } from "../storage/insert-rejected-events.ts";
import { loadTenantRules } from "../storage/load-tenant-rules.ts";
import { lockIngestShared } from "../storage/lock-ingest.ts";
import type { BusinessRow } from "../storage/upsert-business-metrics.ts";
import { upsertSessions } from "../storage/upsert-sessions.ts";
import { upsertSources } from "../storage/upsert-sources.ts";
import type { WriterConnection } from "../storage/writer-connection.ts";
import { countBatch, gatherSessionFacts, rulesOf } from "./count-batch.ts";
import { gatherSources } from "./gather-batch.ts";
import type { Batch } from "./gather-batch.ts";
import { writeCountersAndCommit } from "./write-counters.ts";
import { writeEventsOneByOneWhereNeeded } from "./write-events.ts";
import type { WrittenEvents } from "./write-events.ts";

export interface CommittedBatch extends WrittenEvents {
  /** Bad events that were not known before. */
  readonly newlyRejected: readonly RejectedEvent[];
  /** The counters of each touched day after the commit. */
  readonly days: readonly BusinessRow[];
}

/** Where in the transaction an error arose: only an error of the events may be an event's fault. */
export type CommitStage = "events" | "facts" | "counters";

export class CommitError extends Error {
  override readonly name = "CommitError";
  readonly stage: CommitStage;
  constructor(stage: CommitStage, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.stage = stage;
  }
}

/** A tenant of the batch has no settings; they have to be seeded before the batch is tried again. */
export class UnknownTenantError extends Error {
  override readonly name = "UnknownTenantError";
}

/**
 * The batch was mapped before its tenant's retention moved on: nothing of it is committed, and when it is
 * mapped again, its old events are rejected as `too_old`.
 */
export class SealedPeriodError extends Error {
  override readonly name = "SealedPeriodError";
}

/**
 * One batch, one transaction: events, rejections, sessions, sources, counters, commit. What comes back
 * is committed; what is thrown left nothing behind, unless the connection was lost at the commit.
 * @param optimistic COPY straight into the table, which fails at the first duplicate; otherwise
 *   `insert … on conflict do nothing`
 * @throws CommitError with the stage and PostgreSQL's error as its cause
 */
export async function commitBatch(
  client: WriterConnection,
  batch: Batch,
  optimistic: boolean,
): Promise<CommittedBatch> {
  let stage: CommitStage = "events";
  try {
    const { written, rules } = await writeEvents(client, batch, optimistic);
    stage = "facts";
    const rejected = [...batch.rejected, ...written.refused.map(({ rejection }) => rejection)];
    const newlyRejected = rejected.length > 0 ? await insertRejectedEvents(client, rejected) : [];
    const facts = gatherSessionFacts(written.inserted);
    const sources = gatherSources(batch.requests, written.inserted, newlyRejected);
    const [sessions] = await Promise.all([
      facts.length > 0
        ? upsertSessions(client, facts, (fact) => {
            const { idleTimeoutMs, idleThroughMs } = rulesOf(rules, fact.tenantId);
            const due = fact.lastActivityMs + idleTimeoutMs;
            return due > idleThroughMs ? due : null;
          })
        : [],
      sources.length > 0 ? upsertSources(client, sources) : undefined,
    ]);
    const changes = countBatch(written.inserted, sessions, rules);
    stage = "counters";
    const days = await writeCountersAndCommit(client, changes);
    return { ...written, newlyRejected, days };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    if (error instanceof UnknownTenantError || error instanceof SealedPeriodError) throw error;
    throw new CommitError(stage, error);
  }
}

async function writeEvents(
  client: WriterConnection,
  batch: Batch,
  optimistic: boolean,
): Promise<{ written: WrittenEvents; rules: Map<string, TenantRules> }> {
  const useCopy = optimistic && batch.events.length > 0;
  const [, , rules] = await Promise.all([
    client.query("begin"),
    lockIngestShared(client),
    loadTenantRules(client, batch.tenantIds),
    useCopy ? copyEvents(client, batch.events) : undefined,
  ]);
  const unknown = batch.tenantIds.find((tenantId) => !rules.has(tenantId));
  if (unknown !== undefined) throw new UnknownTenantError(unknown);
  const sealed = batch.events.find(({ tenantId, occurredAtMs }) => {
    const retainedFromMs = rules.get(tenantId)?.retainedFromMs ?? null;
    return retainedFromMs !== null && occurredAtMs < retainedFromMs;
  });
  if (sealed !== undefined) {
    throw new SealedPeriodError(
      `${new Date(sealed.occurredAtMs).toISOString()} of tenant "${sealed.tenantId}" lies in a sealed period`,
    );
  }
  if (useCopy) return { written: { inserted: batch.events, refused: [] }, rules };
  const written =
    batch.events.length > 0
      ? await writeEventsOneByOneWhereNeeded(client, batch.events)
      : { inserted: [] as BusinessEvent[], refused: [] };
  return { written, rules };
}
