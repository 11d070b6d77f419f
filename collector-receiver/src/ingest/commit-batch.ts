import { claimedIds } from "../mapping/id-kind.ts";
import type { BusinessEvent, KeptKey, RejectedEvent } from "../mapping/business-event.ts";
import { countedAttributes } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { copyEvents } from "../storage/events/copy-events.ts";
import { eventKey } from "../storage/events/insert-events.ts";
import { findForgottenEvents } from "../storage/events/find-forgotten-events.ts";
import { findStoredEvents } from "../storage/events/find-stored-events.ts";
import { keepRejections, nothingRejected } from "./keep-rejections.ts";
import { keepWaiting, nothingWaits } from "./keep-waiting.ts";
import { ReceiverTooOldError } from "../storage/schema/known-migrations.ts";
import { OffTimeIdsError } from "../storage/settings/off-time-tenants.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { lockTenantsShared, TenantsBusyError } from "../storage/wire/lock-tenants.ts";
import type { TenantLocking } from "../storage/wire/lock-tenants.ts";
import { applySettings } from "../storage/wire/transaction-settings.ts";
import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";
import { upsertSessions } from "../storage/facts/upsert-sessions.ts";
import { writeSenderClocks } from "../storage/facts/sender-clocks.ts";
import { writeServiceVersions } from "../storage/facts/service-versions.ts";
import { upsertSources } from "../storage/facts/upsert-sources.ts";
import { upsertTickets } from "../storage/facts/upsert-tickets.ts";
import { voidAgentDays } from "../storage/facts/void-agent-days.ts";
import { voidResolutionDays } from "../storage/facts/void-resolution-days.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import {
  countBatch,
  findTurnedSessions,
  gatherSessionFacts,
  gatherTickets,
  idleCheckMs,
  rulesOf,
} from "./count-batch.ts";
import { countRejection } from "./count-rejections.ts";
import { findLatePresence } from "./find-late-presence.ts";
import { findLateSessions } from "./find-late-sessions.ts";
import { gatherSources } from "./gather-batch.ts";
import type { Batch } from "./gather-batch.ts";
import { takeBackTests } from "./take-back-tests.ts";
import { readUncaptured } from "./read-uncaptured.ts";
import type { RecentEvents } from "./recent-events.ts";
import { writeCountersAndCommit } from "./write-counters.ts";
import { lockClaims, planClaims, takeClaims } from "./take-claims.ts";
import { writeEventsOneByOneWhereNeeded } from "./write-events.ts";
import type { WrittenEvents } from "./write-events.ts";

export interface CommittedBatch extends WrittenEvents {
  /** Bad events that were not known before. */
  readonly newlyRejected: readonly RejectedEvent[];
  /** Bad events that were counted alone. */
  readonly unkept: readonly RejectedEvent[];
  /** The counters of each touched day after the commit. */
  readonly days: readonly BusinessRow[];
  /** Kept events that an erasure has taken meanwhile; undefined for nearly all batches. */
  readonly forgotten?: readonly KeptKey[] | undefined;
}

export const nothingCommitted: CommittedBatch = { inserted: [], refused: [], newlyRejected: [], unkept: [], days: [] };

/** Where in the transaction an error arose: only an error of the events may be an event's fault. */
export type CommitStage = "events" | "merge" | "counters";

export class CommitError extends Error {
  override readonly name = "CommitError";
  readonly stage: CommitStage;
  constructor(stage: CommitStage, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.stage = stage;
  }
}

/** Some tenants of the batch have no settings; they have to be seeded before the batch is tried again. */
export class UnseededTenantError extends Error {
  override readonly name = "UnseededTenantError";
  readonly tenantIds: readonly string[];
  constructor(tenantIds: readonly string[]) {
    super(`no settings yet: ${tenantIds.join(", ")}`);
    this.tenantIds = tenantIds;
  }
}

/**
 * The batch was mapped before its tenant's retention moved on: nothing of it is committed, and when it is
 * mapped again, its old events are rejected as `too_old`.
 */
export class SealedPeriodError extends Error {
  override readonly name = "SealedPeriodError";
}

/** Events of the batch were kept until now and have been forgotten meanwhile: nothing of the batch is committed. */
export class ForgottenEventsError extends Error {
  override readonly name = "ForgottenEventsError";
  readonly keys: readonly KeptKey[];
  constructor(keys: readonly KeptKey[]) {
    super(`${keys.length} kept events have been erased`);
    this.keys = keys;
  }
}

/**
 * How events are written, from the fastest to the safest. `copy`: COPY straight into the table but for what was committed recently
 * and is there; fails at the first other duplicate. `look-up`: find all that is there already, COPY the rest; fails if another
 * writer stores one of them in between. `insert`: `insert … on conflict do nothing`, and bad data bisected.
 */
export type WriteStrategy = "copy" | "look-up" | "insert";

export interface CommitOptions {
  readonly strategy: WriteStrategy;
  readonly locking: TenantLocking;
  readonly recent: RecentEvents;
  /** Tenants that are known to have had version 7 ids that were off their time; they never leave the set. */
  readonly offTimeTenants: ReadonlySet<string>;
  /** Attributes that mapping has put into `event.attributes`; those that counting reads unless given. */
  readonly captured?: ReadonlySet<string> | undefined;
  /** Called when the events are written and the rest of the transaction begins; must not throw. */
  readonly onEventsWritten?: (() => void) | undefined;
}

/**
 * One batch, one transaction: events, rejections, sessions, sources, counters, commit. What comes back
 * is committed; what is thrown left nothing behind, unless the connection was lost at the commit.
 * @throws CommitError with the stage and PostgreSQL's error as its cause
 * @throws CountingRulesError, ForgottenEventsError, OffTimeIdsError, ReceiverTooOldError, TenantsBusyError,
 *   UnseededTenantError or SealedPeriodError; nothing was written
 */
export async function commitBatch(
  client: WriterConnection,
  batch: Batch,
  options: CommitOptions,
): Promise<CommittedBatch> {
  let stage: CommitStage = "events";
  try {
    const { written, rules } = await writeEvents(client, batch, options);
    options.onEventsWritten?.();
    stage = "merge";
    if (batch.clocks !== undefined) await writeSenderClocks(client, batch.clocks);
    if (batch.versions !== undefined) await writeServiceVersions(client, batch.versions);
    const waiting = batch.waiting === undefined ? nothingWaits : await keepWaiting(client, batch.waiting);
    const rejected = [...batch.rejected, ...written.refused.map(({ rejection }) => rejection), ...waiting.rejected];
    const kept = rejected.length > 0 ? await keepRejections(client, rejected) : nothingRejected;
    const countable = readUncaptured(written.inserted, rules, options.captured ?? countedAttributes);
    const facts = gatherSessionFacts(countable, rules);
    const newlyRejected = kept.added.map(({ event }) => event);
    const sources = gatherSources(batch.requests, written.inserted, [
      ...newlyRejected,
      ...kept.unkept,
      ...waiting.added,
    ]);
    const incomingTickets = gatherTickets(written.inserted, rules);
    const [sessions, tickets] = await Promise.all([
      facts.length > 0 ? upsertSessions(client, facts, (fact) => idleCheckMs(fact, rulesOf(rules, fact.tenantId))) : [],
      incomingTickets.length > 0 ? upsertTickets(client, incomingTickets) : [],
      sources.length > 0 ? upsertSources(client, sources) : undefined,
    ]);
    const late = findLateSessions(sessions, rules);
    if (late.length > 0) await voidResolutionDays(client, late);
    const changes = countBatch(countable, sessions, tickets, rules);
    const latePresence = findLatePresence(changes.operations.agentStates, sessions, rules);
    if (latePresence.length > 0) await voidAgentDays(client, latePresence);
    for (const { event, countedAtMs } of kept.added) {
      countRejection(changes, { ...event, countedAtMs }, rulesOf(rules, event.tenantId), 1);
    }
    const turned = findTurnedSessions(sessions);
    if (turned.length > 0) {
      await takeBackTests(client, turned, new Set(written.inserted.map(eventKey)), rules, changes);
    }
    stage = "counters";
    const days = await writeCountersAndCommit(client, changes);
    return { ...written, newlyRejected, unkept: kept.unkept, days };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    const busy = TenantsBusyError.from(error);
    if (busy !== undefined) throw busy;
    if (passesThrough(error)) throw error;
    throw new CommitError(stage, error);
  }
}

/** What says that the batch must not be committed as it is, rather than that a statement failed. */
function passesThrough(error: unknown): boolean {
  return (
    error instanceof UnseededTenantError ||
    error instanceof SealedPeriodError ||
    error instanceof ForgottenEventsError ||
    error instanceof CountingRulesError ||
    error instanceof OffTimeIdsError ||
    error instanceof ReceiverTooOldError
  );
}

async function writeEvents(
  client: WriterConnection,
  batch: Batch,
  { strategy, locking, recent, offTimeTenants }: CommitOptions,
): Promise<{ written: WrittenEvents; rules: Map<string, TenantRules> }> {
  const { events } = batch;
  const lookedFor = eventsToLookFor(events, strategy, recent);
  const plan = planClaims(batch, offTimeTenants);
  // Noted now: other writers add tenants to the set while this batch is under way, and its plan does not know of them.
  const unplanned = batch.tenantIds.filter((tenantId) => !offTimeTenants.has(tenantId));
  const copiesAll = strategy !== "insert" && lookedFor.length === 0 && plan === undefined && events.length > 0;
  const began = client.query({ name: "begin", text: "begin" });
  const set = applySettings(client, { genericPlans: true, endsIfAbandoned: true });
  const locked = lockTenantsShared(client, batch.lockedTenantIds, locking);
  const loadedRules = loadTenantRules(client, batch.lockedTenantIds);
  const forgotten = batch.kept && findForgottenEvents(client, batch.kept);
  const lockedClaims = plan && lockClaims(client, plan);
  const taken = plan && strategy !== "insert" ? takeClaims(client, plan) : undefined;
  const copied = copiesAll ? copyEvents(client, events) : undefined;
  const found = lookedFor.length > 0 ? findStoredEvents(client, lookedFor) : undefined;
  await Promise.all([began, set, locked, loadedRules, forgotten, lockedClaims, taken, copied, found]);
  if (forgotten !== undefined && (await forgotten).length > 0) throw new ForgottenEventsError(await forgotten);
  const rules = await loadedRules;
  const unknown = batch.tenantIds.filter((tenantId) => !rules.has(tenantId));
  if (unknown.length > 0) throw new UnseededTenantError(unknown);
  refuseUnknownOffTimeIds(batch, rules, unplanned);
  const sealed = batch.events.find(({ tenantId, occurredAtMs }) => {
    const retainedFromMs = rules.get(tenantId)?.retainedFromMs ?? null;
    return retainedFromMs !== null && occurredAtMs < retainedFromMs;
  });
  if (sealed !== undefined) {
    throw new SealedPeriodError(
      `${new Date(sealed.occurredAtMs).toISOString()} of tenant "${sealed.tenantId}" lies in a sealed period`,
    );
  }
  if (strategy === "insert" && events.length > 0) {
    return { written: await writeEventsOneByOneWhereNeeded(client, events, plan), rules };
  }
  if (copiesAll) return { written: { inserted: events, refused: [] }, rules };
  const [claimedBefore, stored] = [await taken, await found];
  const known = new Set([...(claimedBefore ?? []), ...lookedFor.filter((_, place) => stored?.has(place) === true)]);
  const inserted = known.size === 0 ? events : events.filter((event) => !known.has(event));
  if (inserted.length > 0) await copyEvents(client, inserted);
  return { written: { inserted, refused: [] }, rules };
}

/**
 * A batch that was planned without knowing what the tenants' settings say of off-time ids has to be planned again.
 * @param unplanned tenants of which the plan did not know that they have had such ids
 */
function refuseUnknownOffTimeIds(
  { claims }: Batch,
  rules: ReadonlyMap<string, TenantRules>,
  unplanned: readonly string[],
): void {
  const isNoted = (tenantId: string): boolean => rulesOf(rules, tenantId).hasOffTimeIds;
  const first = claims.offTimeTenants.filter((tenantId) => !isNoted(tenantId));
  if (first.length > 0) throw new OffTimeIdsError(first, { noted: false });
  const unknown = unplanned.filter(isNoted);
  if (unknown.length > 0) throw new OffTimeIdsError(unknown, { noted: true });
}

/** The events that may be stored already, by what this process knows. */
function eventsToLookFor(
  events: readonly BusinessEvent[],
  strategy: WriteStrategy,
  recent: RecentEvents,
): readonly BusinessEvent[] {
  if (strategy === "look-up") return events;
  // Claimed ids are known by their claims.
  return strategy === "copy" ? events.filter((event) => (event.idKind & claimedIds) === 0 && recent.has(event)) : [];
}
