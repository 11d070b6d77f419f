import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { addEventToFacts } from "../metrics/session-facts.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import { TicketFold } from "../metrics/ticket-facts.ts";
import { wordsOf } from "../metrics/words.ts";
import type { OwnWordLists } from "../metrics/words.ts";
import { upsertSessions } from "../storage/facts/upsert-sessions.ts";
import { upsertTickets } from "../storage/facts/upsert-tickets.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addSessionChange, addTicketChange, rulesOf, sortedTickets } from "../ingest/count-batch.ts";
import { compareText } from "../ingest/compare-text.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** What a fold holds of one tenant. */
interface TenantFold {
  readonly tenantId: string;
  readonly rules: TenantRules;
  readonly words: OwnWordLists;
  readonly sessions: Map<string, SessionFacts>;
}

/** Stored events of tenants, folded as a batch is, but without keeping the events themselves. */
export class RecountFold {
  readonly #rules: ReadonlyMap<string, TenantRules>;
  readonly #changes = new CounterChanges();
  readonly #tickets = new TicketFold();
  readonly #tenants = new Map<string, TenantFold>();
  #latest: TenantFold | undefined;
  /** Events by tenant, of this fold and those before it. */
  readonly events: Map<string, number>;

  constructor(rules: ReadonlyMap<string, TenantRules>, events = new Map<string, number>()) {
    this.#rules = rules;
    this.events = events;
  }

  /** Rows that `write` will write, about. */
  get rows(): number {
    let sessions = 0;
    for (const tenant of this.#tenants.values()) sessions += tenant.sessions.size;
    return sessions + this.#tickets.rows + this.#changes.rows;
  }

  add(events: readonly CountableEvent[]): void {
    let counted = 0;
    for (const event of events) {
      let tenant = this.#latest;
      if (tenant?.tenantId !== event.tenantId) {
        this.#count(tenant?.tenantId, counted);
        counted = 0;
        this.#latest = tenant = this.#tenantOf(event.tenantId);
      }
      counted++;
      this.#changes.addEvent(event, tenant.rules);
      this.#tickets.add(event, tenant.words);
      if (event.sessionId === null) continue;
      const known = tenant.sessions.get(event.sessionId);
      if (known) addEventToFacts(known, event, tenant.rules.custom);
      else tenant.sessions.set(event.sessionId, addEventToFacts(undefined, event, tenant.rules.custom));
    }
    this.#count(this.#latest?.tenantId, counted);
  }

  /** Adds the fold to the tables that `writer` sees; once. */
  async write(writer: WriterConnection): Promise<void> {
    const facts = [...this.#tenants.values()]
      .flatMap(({ sessions }) => [...sessions.values()])
      .toSorted((a, b) => compareText(a.tenantId, b.tenantId) || compareText(a.sessionId, b.sessionId));
    const merged = facts.length > 0 ? await upsertSessions(writer, facts, () => null) : [];
    for (const session of merged) addSessionChange(this.#changes, session, rulesOf(this.#rules, session.tenantId));
    const tickets = sortedTickets(this.#tickets);
    const mergedTickets = tickets.length > 0 ? await upsertTickets(writer, tickets) : [];
    for (const ticket of mergedTickets) addTicketChange(this.#changes, ticket, rulesOf(this.#rules, ticket.tenantId));
    await writeCounters(writer, this.#changes);
  }

  #tenantOf(tenantId: string): TenantFold {
    let tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) {
      const rules = rulesOf(this.#rules, tenantId);
      tenant = { tenantId, rules, words: wordsOf(rules), sessions: new Map() };
      this.#tenants.set(tenantId, tenant);
    }
    return tenant;
  }

  #count(tenantId: string | undefined, events: number): void {
    if (tenantId !== undefined && events > 0) this.events.set(tenantId, (this.events.get(tenantId) ?? 0) + events);
  }
}
