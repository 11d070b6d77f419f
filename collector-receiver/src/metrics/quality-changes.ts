import type { QualityChange } from "./counter-change.ts";
import { contradictingHandleTime, exampleOf } from "./data-quality.ts";
import type { DoubtfulEvent, QualityEntry } from "./data-quality.ts";
import type { ReleasePart } from "./session-contribution.ts";

/** What a batch changes in the ledger of data quality. */
export class QualityChanges {
  readonly rows = new Map<string, QualityChange>();

  /**
   * Adds an entry (`sign` 1), or takes it back (-1).
   * @param day the business day of the event
   */
  add(day: string, event: DoubtfulEvent, entry: QualityEntry, sign: 1 | -1): void {
    const { tenantId, name: eventName } = event;
    const key = `${tenantId}\n${day}\n${entry.code}\n${entry.attribute}\n${entry.detail}\n${eventName}`;
    const example = sign === 1 ? exampleOf(event) : null;
    const known = this.rows.get(key);
    if (known) {
      known.count += sign;
      known.example ??= example;
    } else this.rows.set(key, { tenantId, day, eventName, ...entry, example, count: sign });
  }

  /** Adds or takes back a release whose handle time contradicts the time since the takeover. */
  addRelease(tenantId: string, { day, atMs, eventId }: ReleasePart, sign: 1 | -1): void {
    const release = { tenantId, name: "agent.session_release", occurredAtMs: atMs, eventId };
    this.add(day, release, contradictingHandleTime, sign);
  }
}
