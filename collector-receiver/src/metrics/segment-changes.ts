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

/** What a batch changes in the counters of segments. */
export class SegmentChanges {
  /** By day and by all segments of a session: most sessions of a day have one of few combinations. */
  readonly #combined = new Map<string, Omit<SegmentChange, "dimension" | "value"> & { readonly segments: string }>();

  /** Rows that it makes, about. */
  get size(): number {
    return this.#combined.size;
  }

  /**
   * The amounts of the sessions of a day with these segments, to be added to.
   * @param segments as `segmentsOfStart` writes them
   */
  amountsOf(tenantId: string, day: string, segments: string): Float64Array {
    const key = `${tenantId}\n${day}\n${segments}`;
    let change = this.#combined.get(key);
    if (change === undefined) {
      change = { tenantId, day, segments, amounts: new Float64Array(segmentColumns.length) };
      this.#combined.set(key, change);
    }
    return change.amounts;
  }

  /** One change for each value of each dimension, by its key; those that change nothing are left out. */
  split(): Map<string, SegmentChange> {
    const byKey = new Map<string, SegmentChange>();
    for (const { tenantId, day, segments, amounts } of this.#combined.values()) {
      if (isZero(amounts)) continue;
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
}

const isZero = (amounts: Float64Array): boolean => amounts.every((amount) => amount === 0);
