/**
 * Mergeable histograms of durations: log buckets whose upper bounds are whole milliseconds, so that
 * the bucket of a value is the same on every machine, and a quantile is at most 2 % off
 * (the scheme of DDSketch, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf, with integer bounds).
 */

const accuracy = 0.02;
const growth = (1 + accuracy) / (1 - accuracy);
/** Ten years in ms: the largest duration that the catalogue accepts. */
const maxMs = 87_600 * 3_600_000;

/** Upper bound (inclusive, ms) of each bucket; bucket 0 holds 0 ms alone. */
const upperBounds: readonly number[] = makeUpperBounds();

function makeUpperBounds(): number[] {
  const bounds = [0];
  let bound = 0;
  while (bound < maxMs) {
    // The widest bucket [bound + 1, upper] whose ends are at most a factor `growth` apart.
    bound = Math.max(bound + 1, Math.floor((bound + 1) * growth));
    bounds.push(bound);
  }
  return bounds;
}

export const bucketCount: number = upperBounds.length;

/**
 * The bucket of a duration.
 * @param ms a whole number of milliseconds, 0 or more; above ten years it counts as ten years
 */
export function bucketOf(ms: number): number {
  let low = 0;
  let high = upperBounds.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((upperBounds[middle] as number) >= ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * So many neighbouring buckets are counted in one row: the durations of a batch lie close to each other, so that it
 * touches some twenty rows instead of three hundred.
 */
export const bucketsOfGroup = 32;

/** The first of the buckets that are counted in the row of `bucket`. */
export function firstOfGroup(bucket: number): number {
  return bucket - (bucket % bucketsOfGroup);
}

/** The value (ms) that stands for a bucket: at most 2 % from every value in it. */
export function bucketValue(bucket: number): number {
  const upper = upperBounds[bucket];
  if (upper === undefined) throw new RangeError(`bucket ${bucket} is not between 0 and ${bucketCount - 1}`);
  if (bucket === 0) return 0;
  const lower = (upperBounds[bucket - 1] as number) + 1;
  return (2 * lower * upper) / (lower + upper);
}

/**
 * The range of a bucket in ms, as an axis shows it: whole milliseconds stand for half a millisecond to either side, so
 * that ranges touch. The first, 0 ms alone, begins at 0.25 ms, because a logarithm has no 0.
 */
export function bucketRange(bucket: number): { readonly from: number; readonly to: number } {
  const upper = upperBounds[bucket];
  if (upper === undefined) throw new RangeError(`bucket ${bucket} is not between 0 and ${bucketCount - 1}`);
  return { from: bucket === 0 ? 0.25 : (upperBounds[bucket - 1] as number) + 0.5, to: upper + 0.5 };
}

export interface HistogramBucket {
  readonly bucket: number;
  readonly count: number;
}

/**
 * The q-quantile by nearest rank: the value below or at which a share `q` of all values lies.
 * @param buckets in any order
 * @param q above 0, at most 1
 * @returns milliseconds, or null if there is no value
 */
export function quantileOf(buckets: readonly HistogramBucket[], q: number): number | null {
  let total = 0;
  for (const { count } of buckets) total += count;
  if (total === 0) return null;
  let rank = Math.max(1, Math.ceil(q * total));
  for (const { bucket, count } of buckets.toSorted((a, b) => a.bucket - b.bucket)) {
    rank -= count;
    if (rank <= 0) return bucketValue(bucket);
  }
  return null;
}
