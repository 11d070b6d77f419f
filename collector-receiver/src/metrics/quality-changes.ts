import type { QualityChange } from "./counter-change.ts";
import { exampleOf } from "./data-quality.ts";
import type { DoubtfulEvent, QualityEntry } from "./data-quality.ts";

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
}
