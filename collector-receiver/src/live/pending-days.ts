import type { BusinessRow } from "../storage/counters/upsert-business-metrics.ts";

/**
 * Day rows that wait for Redis: of each day only the newest, so that a slow Redis makes the queue no
 * longer than there are days, and bounded beyond that.
 */
export class PendingDays {
  readonly #maxDays: number;
  #rows = new Map<string, BusinessRow>();

  /** @param maxDays days that are kept; the one that waits longest gives way */
  constructor(maxDays: number) {
    this.#maxDays = maxDays;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** @returns how many days had to give way */
  add(rows: Iterable<BusinessRow>): number {
    for (const row of rows) {
      const key = `${row.tenant_id}\n${row.period_value}`;
      const known = this.#rows.get(key);
      if (known === undefined || known.revision < row.revision) this.#rows.set(key, row);
    }
    let dropped = 0;
    for (const key of this.#rows.keys()) {
      if (this.#rows.size <= this.#maxDays) break;
      this.#rows.delete(key);
      dropped++;
    }
    return dropped;
  }

  /** Takes all of them. */
  take(): BusinessRow[] {
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    return rows;
  }
}
