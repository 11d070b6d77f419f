import { bucketRange } from "../../metrics/duration-histogram.ts";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";

/** Durations in a range of ms. */
export interface DurationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const maxBins = 28;
const leastBuckets = 3;

/**
 * Stored buckets joined to at most 28 bins, from the first that holds something to the last. A bin is a whole number of
 * buckets, so no duration is moved to another one; all but those of a few ms are equally wide on a logarithmic axis.
 */
export function binDurations(buckets: readonly HistogramBucket[]): DurationBin[] {
  const filled = new Map<number, number>();
  for (const { bucket, count } of buckets) if (count > 0) filled.set(bucket, (filled.get(bucket) ?? 0) + count);
  if (filled.size === 0) return [];
  const [first, last] = [Math.min(...filled.keys()), Math.max(...filled.keys())];
  const size = Math.max(leastBuckets, Math.ceil((last - first + 1) / maxBins));
  const bins: DurationBin[] = [];
  for (let from = first; from <= last; from += size) {
    const joined = Array.from({ length: Math.min(size, last - from + 1) }, (_, i) => from + i);
    bins.push({
      from: bucketRange(from).from,
      to: bucketRange(joined.at(-1) as number).to,
      count: joined.reduce((sum, bucket) => sum + (filled.get(bucket) ?? 0), 0),
    });
  }
  return bins;
}
