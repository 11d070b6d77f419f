import { segmentColumns } from "./counter-columns.ts";
import { parseSegments } from "./session-segments.ts";

/** What a batch changes in the counters of one value of a dimension on one day. */
export interface SegmentChange {
  readonly tenantId: string;
  readonly day: string;
  readonly dimension: string;
  readonly value: string;
  /** In the order of `segmentColumns`. */
  readonly amounts: Float64Array;
}

/** What the sessions of a day change, by all their segments: most have one of few combinations. */
interface DayOfSegments {
  readonly tenantId: string;
  readonly day: string;
  readonly bySegments: Map<string, Float64Array>;
}

/** What a batch changes in the counters of segments. */
export class SegmentChanges {
  readonly #days = new Map<string, DayOfSegments>();
  #latest: DayOfSegments | undefined;
  #size = 0;

  /** Rows that it makes, about. */
  get size(): number {
    return this.#size;
  }

  /**
   * The amounts of the sessions of a day with these segments, to be added to.
   * @param segments as `segmentsOfStart` writes them
   */
  amountsOf(tenantId: string, day: string, segments: string): Float64Array {
    const { bySegments } = this.#dayOf(tenantId, day);
    let amounts = bySegments.get(segments);
    if (amounts === undefined) {
      amounts = new Float64Array(segmentColumns.length);
      bySegments.set(segments, amounts);
      this.#size++;
    }
    return amounts;
  }

  #dayOf(tenantId: string, day: string): DayOfSegments {
    // Mostly the day of the session before.
    if (this.#latest?.day === day && this.#latest.tenantId === tenantId) return this.#latest;
    const key = `${tenantId}\n${day}`;
    let known = this.#days.get(key);
    if (known === undefined) this.#days.set(key, (known = { tenantId, day, bySegments: new Map() }));
    this.#latest = known;
    return known;
  }

  /** One change for each value of each dimension, by its key; those that change nothing are left out. */
  split(): Map<string, SegmentChange> {
    const byKey = new Map<string, SegmentChange>();
    for (const { tenantId, day, segments, amounts } of this.#changes()) {
      for (const { dimension, value } of parseSegments(segments)) {
        const key = `${tenantId}\n${day}\n${dimension}\n${value}`;
        const known = byKey.get(key);
        if (known === undefined) {
          byKey.set(key, { tenantId, day, dimension, value, amounts: Float64Array.from(amounts) });
        } else amounts.forEach((amount, i) => (known.amounts[i] = (known.amounts[i] as number) + amount));
      }
    }
    for (const [key, { amounts }] of byKey) if (isZero(amounts)) byKey.delete(key);
    return byKey;
  }

  *#changes(): Generator<Omit<DayOfSegments, "bySegments"> & { segments: string; amounts: Float64Array }> {
    for (const { tenantId, day, bySegments } of this.#days.values()) {
      for (const [segments, amounts] of bySegments) if (!isZero(amounts)) yield { tenantId, day, segments, amounts };
    }
  }
}

const isZero = (amounts: Float64Array): boolean => amounts.every((amount) => amount === 0);
