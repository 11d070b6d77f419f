import type { HourChange } from "./counter-change.ts";
import { hourCounters } from "./hour-contribution.ts";
import type { HourPart } from "./hour-contribution.ts";

/** What a batch changes in the counters by hour. */
export class HourChanges {
  readonly rows = new Map<string, HourChange>();
  #latest: HourChange | undefined;

  /** Adds parts of a conversation (`sign` 1), or takes them back (-1). */
  add(tenantId: string, parts: readonly HourPart[], sign: 1 | -1): void {
    for (const { day, hour, place, amount } of parts) {
      const { amounts } = this.#rowOf(tenantId, day, hour);
      amounts[place] = (amounts[place] as number) + sign * amount;
    }
  }

  #rowOf(tenantId: string, day: string, hour: number): HourChange {
    // Mostly the hour of the conversation before.
    if (this.#latest?.hour === hour && this.#latest.day === day && this.#latest.tenantId === tenantId) {
      return this.#latest;
    }
    // Of one length, so that keys in bytewise order are hours in order.
    const key = `${tenantId}\n${day}\n${hour < 10 ? "0" : ""}${hour}`;
    let row = this.rows.get(key);
    if (row === undefined) {
      row = { tenantId, day, hour, amounts: new Float64Array(hourCounters.length) };
      this.rows.set(key, row);
    }
    this.#latest = row;
    return row;
  }
}
