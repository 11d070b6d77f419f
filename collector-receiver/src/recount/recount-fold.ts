import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { addEventToFacts } from "../metrics/session-facts.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import { upsertSessions } from "../storage/facts/upsert-sessions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addSessionChange } from "../ingest/count-batch.ts";
import { compareText } from "../ingest/gather-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** Stored events of one tenant, folded as a batch is, but without keeping the events themselves. */
export class RecountFold {
  readonly #rules: TenantRules;
  readonly #changes = new CounterChanges();
  readonly #sessions = new Map<string, SessionFacts>();

  constructor(rules: TenantRules) {
    this.#rules = rules;
  }

  /** Rows that `write` will write, about. */
  get rows(): number {
    return this.#sessions.size + this.#changes.rows;
  }

  add(events: readonly CountableEvent[]): void {
    const { calendar, workingHours, custom } = this.#rules;
    for (const event of events) {
      this.#changes.addEvent(event, calendar, workingHours, custom);
      if (event.sessionId === null || event.test) continue;
      const known = this.#sessions.get(event.sessionId);
      if (known) addEventToFacts(known, event);
      else this.#sessions.set(event.sessionId, addEventToFacts(undefined, event));
    }
  }

  /** Adds the fold to the tables that `writer` sees; once. */
  async write(writer: WriterConnection): Promise<void> {
    const facts = [...this.#sessions.values()].toSorted((a, b) => compareText(a.sessionId, b.sessionId));
    const merged = facts.length > 0 ? await upsertSessions(writer, facts, () => null) : [];
    for (const session of merged) addSessionChange(this.#changes, session, this.#rules);
    await writeCounters(writer, this.#changes);
  }
}
