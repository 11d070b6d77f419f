import { randomUUID } from "node:crypto";
import { anonymiseEventData } from "./anonymise-event-data.ts";
import { censorEvent, mentions } from "./censor-events.ts";
import { Censor } from "./censor.ts";
import { describeLeft, findNamingShares, forgetTexts, type ForgottenTexts } from "./forget-texts.ts";
import { moveQuality } from "./move-quality.ts";
import { payloadNamesPerson } from "./payload-names-person.ts";
import { isPlaceholder } from "../metrics/customer-ids.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import {
  emptyRejectedEvents,
  forgetCustomers,
  readKeptPayloads,
  renameCustomer,
  renameSessionIds,
  renameSessions,
  replaceEvents,
} from "../storage/erase/anonymise-rows.ts";
import { forgetClocksNaming } from "../storage/facts/sender-clocks.ts";
import { forgetVersionsNaming } from "../storage/facts/service-versions.ts";
import { findMentions } from "../storage/erase/find-mentions.ts";
import { findPerson, findPersonAgain, readPersonSessions } from "../storage/erase/find-person.ts";
import type { ErasedPerson, FoundPerson, PersonSession } from "../storage/erase/find-person.ts";
import type { EventWithTexts } from "../storage/erase/read-events.ts";
import { wordsOf } from "../metrics/words.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { findForgottenEvents } from "../storage/events/find-forgotten-events.ts";
import { deleteWaitingEvents } from "../storage/events/waiting-events.ts";
import { nextTicketPseudonym, renameTickets } from "../storage/erase/rename-tickets.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addFactsContribution, rulesOf } from "../ingest/count-batch.ts";
import { recountSessions } from "../recount/recount-sessions.ts";
import { writeCounters } from "../ingest/write-counters.ts";

export interface Erasure {
  readonly tenantId: string;
  /** Rows that were anonymised. */
  readonly events: number;
  readonly sessions: number;
  readonly rejectedEvents: number;
  /** Events whose time had not come: deleted. */
  readonly waitingEvents: number;
  /** Of other people's events, counters and shared copies. */
  readonly texts: ForgottenTexts;
}

const rejectedPage = 500;

/** What a look without the lock has found. */
interface Found extends FoundPerson {
  readonly sessions: number;
  /** Keys of the rejected events whose payload names the person. */
  readonly rejected: readonly Buffer[];
  /** Likewise of events whose time has not come. */
  readonly waiting: readonly Buffer[];
  /** Events of others that name the person. */
  readonly ofOthers: readonly EventWithTexts[];
}

/**
 * Anonymises a person in place: identifiers become random pseudonyms, texts go, numbers stay, so that the
 * counters still equal the rows. With a session, its customer is cut off from the customer's other sessions as well.
 * Looking for the person reads every row of the tenant once and holds nobody back; then one transaction, in which no batch
 * commits, reads what was found again and changes all of it. If an event that waited for its time was counted in between, it
 * looks again.
 * @param dryRun only says what would be anonymised
 */
export async function erasePerson(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Erasure> {
  const censorBy = (rules: TenantRules | undefined): Censor =>
    new Censor(
      "userId" in person ? person.userId : person.sessionId,
      rules === undefined ? null : wordsOf(rules),
      rules?.custom?.segments?.declared,
    );
  const look = async () => {
    const censor = censorBy((await loadTenantRules(client, [tenantId], true)).get(tenantId));
    return { censor, ...(await lookFor(client, tenantId, person, censor)) };
  };
  if (dryRun) {
    return inTransaction(client, { isolation: "repeatable read read only" }, async () => {
      const { censor, events, sessions, rejected, waiting, ofOthers } = await look();
      const shares = (await findNamingShares(client, tenantId, censor)).length;
      const left = await describeLeft(client, tenantId, censor);
      const texts = { mentions: ofOthers.length, words: 0, shares, left };
      const kept = { rejectedEvents: rejected.length, waitingEvents: waiting.length };
      return { tenantId, events: events.length, sessions, ...kept, texts };
    });
  }
  for (;;) {
    const found = await inTransaction(client, { isolation: "repeatable read read only" }, look);
    const erasure = await inTransaction(client, { lock: { alone: tenantId } }, async () => {
      // What has been counted since the look may name the person in any session, and only another look finds it.
      const waiting = found.waiting.map((contentHash) => ({ as: "waiting", tenantId, contentHash }) as const);
      if ((await findForgottenEvents(client, waiting)).length > 0) return null;
      const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
      return anonymise(client, rules, person, censorBy(rules), found);
    });
    if (erasure !== null) return erasure;
  }
}

async function lookFor(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
  censor: Censor,
): Promise<Found> {
  const mentioning = await findMentions(client, tenantId, censor.id);
  const found = await findPerson(client, tenantId, person, mentioning);
  const sessions = await readPersonSessions(client, tenantId, found.sessionIds);
  const users = "userId" in person ? [person.userId] : usersOf(found.events, sessions);
  const ids = [...found.sessionIds, ...users];
  const rejected = await findKept(client, "analytics_rejected_events", tenantId, ids, censor);
  const waiting = await findKept(client, "analytics_waiting_events", tenantId, ids, censor);
  const own = new Set(found.events.map(({ eventId }) => eventId));
  const ofOthers = mentioning.filter((event) => !own.has(event.eventId) && mentions(censor, event));
  return { ...found, sessions: sessions.length, rejected, waiting, ofOthers };
}

async function anonymise(
  client: WriterConnection,
  rules: TenantRules,
  person: ErasedPerson,
  censor: Censor,
  found: Found,
): Promise<Erasure> {
  const { tenantId } = rules;
  const userId = "userId" in person ? person.userId : null;
  const { sessionIds, events } = await findPersonAgain(client, tenantId, person, found);
  const sessions = await readPersonSessions(client, tenantId, sessionIds);
  const pseudonyms = {
    sessions: new Map(sessionIds.map((sessionId) => [sessionId, pseudonym()])),
    users: new Map((userId === null ? usersOf(events, sessions) : [userId]).map((user) => [user, pseudonym()])),
  };
  const tickets = await ticketPseudonyms(client, tenantId, events);
  const rename = (sessionId: string | null): string | null =>
    sessionId === null ? null : (pseudonyms.sessions.get(sessionId) ?? sessionId);
  const anonymous = events.map((event) =>
    censorEvent(censor, {
      ...event,
      sessionId: rename(event.sessionId),
      ticketId: event.ticketId === null ? null : (tickets.get(event.ticketId) ?? null),
      data: anonymiseEventData(event.name, event.data, pseudonyms, rules.custom),
    }),
  );
  await replaceEvents(client, tenantId, anonymous);
  const tests = new Set(sessions.flatMap(({ sessionId, facts }) => (isTestSession(facts) ? [sessionId] : [])));
  await moveQuality(client, rules, events, anonymous, tests);
  await renameTickets(client, tenantId, tickets);
  await renameSessionIds(
    client,
    "analytics_agent_states",
    tenantId,
    [...pseudonyms.sessions].map(([from, to]) => ({ from, to })),
  );
  if (userId !== null) await renameCustomer(client, tenantId, userId, pseudonyms.users.get(userId) as string);
  await moveSessions(client, rules, sessions, pseudonyms, userId);
  const rejectedEvents = await emptyRejectedEvents(client, tenantId, found.rejected);
  // They have counted nowhere, and would bring the id back.
  const waitingEvents = await deleteWaitingEvents(client, tenantId, found.waiting);
  await forgetClocksNaming(client, tenantId, censor.id);
  await forgetVersionsNaming(client, tenantId, censor.id, (text) => censor.finds(text));
  const texts = await forgetTexts(client, tenantId, censor, found.ofOthers);
  const counts = { events: events.length, sessions: sessions.length, rejectedEvents, waitingEvents };
  await writeAudit(client, {
    tenantId,
    action: "erase",
    details: {
      what: userId === null ? "session" : "user",
      ...counts,
      mentions: texts.mentions,
      words: texts.words,
      shares: texts.shares,
    },
  });
  return { tenantId, ...counts, texts };
}

/** A ticket's number leads to the person in another system; a negative one of our own keeps its events together. */
async function ticketPseudonyms(
  client: WriterConnection,
  tenantId: string,
  events: readonly EventWithTexts[],
): Promise<Map<number, number>> {
  const named = new Set(events.flatMap(({ ticketId }) => (ticketId === null || ticketId < 0 ? [] : [ticketId])));
  if (named.size === 0) return new Map(keepPseudonyms(events));
  const first = await nextTicketPseudonym(client, tenantId);
  return new Map([...keepPseudonyms(events), ...[...named].map((ticketId, i) => [ticketId, first - i] as const)]);
}

/** Tickets that an earlier erasure renamed keep their names. */
function keepPseudonyms(events: readonly EventWithTexts[]): [number, number][] {
  return events.flatMap(({ ticketId }) => (ticketId !== null && ticketId < 0 ? [[ticketId, ticketId]] : []));
}

/**
 * Gives the facts their new names, and moves the counters by what that changes. A customer that was
 * renamed everywhere counts as before; in a session that names several customers, another one may now
 * be the least.
 */
async function moveSessions(
  client: WriterConnection,
  rules: TenantRules,
  sessions: readonly PersonSession[],
  pseudonyms: { readonly sessions: ReadonlyMap<string, string>; readonly users: ReadonlyMap<string, string> },
  renamedCustomer: string | null,
): Promise<void> {
  const changes = new CounterChanges();
  const isSealed = ({ firstSeenMs }: PersonSession): boolean =>
    rules.retainedFromMs !== null && firstSeenMs < rules.retainedFromMs;
  const newUser = (user: string | null): string | null => (user === null ? null : (pseudonyms.users.get(user) ?? user));
  const renamed = sessions.map((session) => {
    const { userId } = session.facts;
    const sealed = isSealed(session);
    // The recount below compares with what is stored: a customer that is still counted under the old name.
    const storedUser = sealed || userId === renamedCustomer ? newUser(userId) : userId;
    if (sealed && userId !== renamedCustomer) {
      addFactsContribution(changes, rules, session.facts, -1);
      addFactsContribution(changes, rules, { ...session.facts, userId: storedUser }, 1);
    }
    return { from: session.sessionId, to: pseudonyms.sessions.get(session.sessionId) as string, userId: storedUser };
  });
  await renameSessions(client, rules.tenantId, renamed);
  await renameSessionIds(client, "analytics_custom_sessions", rules.tenantId, renamed);
  await recountSessions(
    client,
    rules,
    renamed.map(({ to }) => to),
    changes,
  );
  await writeCounters(client, changes);
  await forgetCustomers(client, rules.tenantId, [...pseudonyms.users.keys()]);
}

/** Keys of the rejected events whose payload names one of these ids, or holds the person's; read page by page. */
async function findKept(
  client: WriterConnection,
  table: "analytics_rejected_events" | "analytics_waiting_events",
  tenantId: string,
  ids: readonly string[],
  censor: Censor,
): Promise<Buffer[]> {
  const found: Buffer[] = [];
  let after: Buffer = Buffer.alloc(0);
  for (;;) {
    const page = await readKeptPayloads(client, table, tenantId, after, rejectedPage);
    const last = page.at(-1);
    if (last === undefined) return found;
    for (const { contentHash, payload, payloadType } of page) {
      if (payloadNamesPerson(payload, payloadType, ids, censor)) found.push(contentHash);
    }
    after = last.contentHash;
  }
}

/** Every customer that a session names, in its facts or its events. */
function usersOf(events: readonly EventWithTexts[], sessions: readonly PersonSession[]): string[] {
  const named = [...events.map(({ data }) => data["user_id"]), ...sessions.map(({ facts }) => facts.userId)];
  return [...new Set(named.filter((user): user is string => typeof user === "string" && !isPlaceholder(user)))];
}

/** At most 64 characters, as a session id may have. */
function pseudonym(): string {
  return `erased-${randomUUID()}`;
}
